import { useEffect, useState, useSyncExternalStore } from "react";
import { useLinkState } from "../live/hooks";
import { PanelIcon } from "../ui/PanelIcon";
import styles from "./ConnectionBanner.module.css";
import { useShellTexts } from "./texts";

/** A link that comes back at once is not worth a word. */
const PATIENCE_MS = 1500;

function onNetwork(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

/** Said while nothing arrives by itself. */
export function ConnectionBanner() {
  const t = useShellTexts();
  // A device without a network knows it long before an open socket does.
  const isOnline = useSyncExternalStore(onNetwork, () => navigator.onLine);
  const isLost = useLinkState() === "lost" || !isOnline;
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (!isLost) return undefined;
    const timer = window.setTimeout(() => setLong(true), PATIENCE_MS);
    return () => {
      window.clearTimeout(timer);
      setLong(false);
    };
  }, [isLost]);
  return (
    <div role="status">
      {isLost && isLong && (
        <p className={styles.banner}>
          <PanelIcon name="warning" />
          {t("offline")}
        </p>
      )}
    </div>
  );
}
