import { useEffect, useState } from "react";
import { useLinkState } from "../live/hooks";
import { PanelIcon } from "../ui/PanelIcon";
import styles from "./ConnectionBanner.module.css";
import { useShellTexts } from "./texts";

/** A link that comes back at once is not worth a word. */
const PATIENCE_MS = 1500;

/** Said while nothing arrives by itself. */
export function ConnectionBanner() {
  const t = useShellTexts();
  const isLost = useLinkState() === "lost";
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
