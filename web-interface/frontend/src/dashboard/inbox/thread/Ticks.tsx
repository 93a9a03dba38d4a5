import { PanelIcon } from "../../ui/PanelIcon";
import type { Channel } from "../api/queries";
import { useInboxTexts } from "../texts";
import styles from "./Bubble.module.css";

const ICONS = { sent: "check", delivered: "checks", read: "checks", failed: "warning" } as const;

/** The web chat tells nothing about a bubble: it takes it from the platform itself, at the latest when it comes back. */
const withoutNews = (channel: Channel) => (channel === "web" ? "sent" : "stored");

type Known = keyof typeof ICONS;
const isKnown = (status: string | null): status is Known => status !== null && status in ICONS;

type Props = { status: string | null; problem?: string | null | undefined; channel: Channel };

/** What became of a message of ours: on its way, sent, delivered, read, or lost. */
export function Ticks({ status, problem, channel }: Props) {
  const t = useInboxTexts();
  const known = isKnown(status) ? status : withoutNews(channel);
  const words = t(`status_${known}`);
  return (
    <span className={styles.ticks} data-status={known} title={problem ? `${words} (${problem})` : words}>
      <PanelIcon name={known === "stored" ? "clock" : ICONS[known]} size="1rem" />
      <span className={known === "failed" ? undefined : "visually-hidden"}>{words}</span>
    </span>
  );
}
