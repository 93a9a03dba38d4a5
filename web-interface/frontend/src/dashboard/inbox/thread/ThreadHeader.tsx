import { Link } from "wouter";
import { useCan, useMe } from "../../session/store";
import { Badge } from "../../ui/Badge";
import { IconButton } from "../../ui/Button";
import { useFormats } from "../../ui/format";
import { PanelIcon } from "../../ui/PanelIcon";
import { useNow } from "../../ui/useNow";
import type { Conversation } from "../api/queries";
import { nameOf, wordOf } from "../names";
import { silenceLeft } from "../silence";
import { useInboxTexts } from "../texts";
import styles from "./ThreadHeader.module.css";
import { ThreadActions } from "./ThreadActions";

type Props = { conversation: Conversation; onCard: () => void; onUnread: () => void };

export function ThreadHeader({ conversation, onCard, onUnread }: Props) {
  const t = useInboxTexts();
  const can = useCan();
  return (
    <header className={styles.header}>
      <Link className={styles.back} href={`/conversaciones${window.location.search}`} aria-label={t("back")}>
        <PanelIcon name="back" size="1.4rem" />
      </Link>
      <div className={styles.who}>
        <h1>{nameOf(conversation, t)}</h1>
        <Word conversation={conversation} />
      </div>
      <div className={styles.actions}>
        {can("agent") && <ThreadActions conversation={conversation} />}
        {conversation.last_seq > 0 && conversation.last_message.sender_type === "citizen" && (
          <IconButton label={t("mark_unread")} icon="mail" onClick={onUnread} />
        )}
        <span className={styles.cardButton}>
          <IconButton label={t("card_open")} icon="person" onClick={onCard} />
        </span>
      </div>
    </header>
  );
}

/** Who has the word, since when somebody waits, and how long the assistant is silent. */
function Word({ conversation }: { conversation: Conversation }) {
  const t = useInboxTexts();
  const me = useMe();
  const format = useFormats();
  const now = useNow();
  const state = wordOf(conversation, me.id);
  const words = {
    closed: t("word_closed", { when: conversation.closed_at ? format.dateTime(conversation.closed_at) : "" }),
    bot: t("word_bot"),
    you: t("word_you"),
    agent: t("word_agent", { name: conversation.assigned_agent?.name ?? "" }),
    nobody: t("word_nobody"),
  }[state];
  const isHuman = conversation.mode === "human" && conversation.status === "open";
  return (
    <p className={styles.word}>
      <span className={styles.state}>
        <PanelIcon name={state === "bot" ? "robot" : "person"} size="1rem" />
        {words}
      </span>
      {conversation.waiting_since && conversation.status === "open" && (
        <Badge tone="alert">{t("waits", { ago: format.ago(conversation.waiting_since, now) })}</Badge>
      )}
      {isHuman && conversation.human_until && <Silence until={conversation.human_until} now={now} />}
    </p>
  );
}

function Silence({ until, now }: { until: string; now: number }) {
  const t = useInboxTexts();
  const format = useFormats();
  const left = silenceLeft(until, now, t);
  return (
    <span className={styles.silence} title={format.dateTime(until)}>
      <PanelIcon name="clock" size="1rem" />
      {left ? t("silence", { left }) : t("silence_over")}
    </span>
  );
}
