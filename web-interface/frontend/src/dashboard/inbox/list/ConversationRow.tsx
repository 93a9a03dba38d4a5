import { Link } from "wouter";
import { useMe } from "../../session/store";
import { Badge, Count } from "../../ui/Badge";
import { useFormats } from "../../ui/format";
import { PanelIcon } from "../../ui/PanelIcon";
import type { Conversation } from "../api/queries";
import { nameOf, wordOf } from "../names";
import { useInboxTexts } from "../texts";
import styles from "./ConversationList.module.css";

type Props = { item: Conversation; isChosen: boolean; now: number; search: string };

export function ConversationRow({ item, isChosen, now, search }: Props) {
  const t = useInboxTexts();
  const me = useMe();
  const format = useFormats();
  const { last_message: last } = item;
  const isToday = format.dayKey(last.at) === format.dayKey(now);
  const said = { bot: t("said_bot"), agent: t("said_agent"), system: t("said_agent") }[last.sender_type ?? ""] ?? "";
  const unread = item.unread ?? 0;
  return (
    <Link
      href={`/conversaciones/${item.id}${search && `?${search}`}`}
      className={styles.row}
      aria-current={isChosen ? "true" : undefined}
      data-unread={unread > 0 || undefined}
    >
      <span className={styles.line}>
        <span className={styles.icon} title={t(`channel_${item.channel}`)}>
          <PanelIcon name={item.channel === "whatsapp" ? "phone" : "globe"} size="1rem" />
          <span className="visually-hidden">{t(`channel_${item.channel}`)}: </span>
        </span>
        <span className={styles.name}>{nameOf(item, t)}</span>
        <time className={styles.time} dateTime={last.at} title={format.dateTime(last.at)}>
          {isToday ? format.time(last.at) : format.day(last.at)}
        </time>
      </span>
      <span className={styles.line}>
        <span className={styles.preview}>
          {said}
          {last.text}
        </span>
        <Count value={unread} label={t("unread", { count: unread })} />
      </span>
      <span className={styles.line}>
        {item.waiting_since && item.status === "open" ? (
          <Badge tone="alert">{t("waits", { ago: format.ago(item.waiting_since, now) })}</Badge>
        ) : (
          <Word item={item} me={me.id} />
        )}
      </span>
    </Link>
  );
}

function Word({ item, me }: { item: Conversation; me: string }) {
  const t = useInboxTexts();
  switch (wordOf(item, me)) {
    case "closed":
      return <Badge>{t("closed")}</Badge>;
    case "bot":
      return <Badge>{t("by_bot")}</Badge>;
    case "you":
      return <Badge tone="done">{t("by_you")}</Badge>;
    case "agent":
      return <Badge tone="info">{item.assigned_agent?.name}</Badge>;
    case "nobody":
      return <Badge tone="alert">{t("by_nobody")}</Badge>;
  }
}
