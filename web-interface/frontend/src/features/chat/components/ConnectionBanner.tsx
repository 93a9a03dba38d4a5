import { useChat } from "../context";
import type { Connection } from "../engine/engine";
import { useDelayed } from "../hooks/useDelayed";

/** Tell that the connection is gone, or that it takes its time. */
export function ConnectionBanner({ connection }: { connection: Connection }) {
  const { t } = useChat();
  const offline = useDelayed(connection === "offline", 800);
  const slow = useDelayed(connection === "connecting", 2_500);
  return (
    <div className="mb-banner" role="status">
      {offline && <p data-kind="offline">{t("chat.offline")}</p>}
      {!offline && slow && <p data-kind="connecting">{t("chat.connecting")}</p>}
    </div>
  );
}
