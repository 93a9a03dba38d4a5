import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { useMe } from "../../session/store";
import { Button } from "../../ui/Button";
import { type Formats, useFormats } from "../../ui/format";
import { EmptyState, ErrorNotice, LoadingRows } from "../../ui/States";
import { useNow } from "../../ui/useNow";
import { usePending } from "../api/OutboxProvider";
import { agentsQuery, type Conversation, messagesQuery, notesQuery } from "../api/queries";
import { type InboxText, nameOf } from "../names";
import { useInboxTexts } from "../texts";
import { Bubble } from "./Bubble";
import { NoteBubble } from "./NoteBubble";
import { PendingBubble } from "./PendingBubble";
import styles from "./Thread.module.css";
import { timelineOf } from "./timeline";
import { useScroll } from "./useScroll";

const DAY = 86_400_000;

function dayName(at: string, now: number, format: Formats, t: InboxText): string {
  const key = format.dayKey(at);
  if (key === format.dayKey(now)) return t("today");
  if (key === format.dayKey(now - DAY)) return t("yesterday");
  return format.longDay(at);
}

/** What was said, with the officials' notes between, and what is still on its way. */
export function MessageList({ conversation }: { conversation: Conversation }) {
  const t = useInboxTexts();
  const me = useMe();
  const format = useFormats();
  const now = useNow();
  const messages = useInfiniteQuery(messagesQuery(conversation.id));
  const notes = useQuery(notesQuery(conversation.id));
  const agents = useQuery(agentsQuery);
  const pending = usePending(conversation.id);
  const box = useRef<HTMLDivElement>(null);

  const entries = useMemo(
    () =>
      timelineOf(
        messages.data?.pages.map((page) => page.items) ?? [],
        notes.data?.items ?? [],
        messages.hasNextPage,
        format.dayKey,
      ),
    [messages.data, messages.hasNextPage, notes.data, format],
  );
  const names = useMemo(() => new Map(agents.data?.items.map(({ id, name }) => [id, name])), [agents.data]);
  const remember = useScroll(box, entries[1]?.id, entries.length + pending.length);

  const nameOfSender = (agent: string | null | undefined) =>
    agent === me.id ? t("from_you") : (names.get(agent ?? "") ?? t("from_agent"));

  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div ref={box} className={styles.messages} role="log" aria-label={t("messages")} tabIndex={0} onScroll={remember}>
      {messages.isPending && <LoadingRows />}
      {messages.error && !messages.data && (
        <ErrorNotice error={messages.error} onRetry={() => void messages.refetch()} />
      )}
      {messages.hasNextPage && (
        <p className={styles.earlier}>
          <Button small busy={messages.isFetchingNextPage} onClick={() => void messages.fetchNextPage()}>
            {t("earlier")}
          </Button>
        </p>
      )}
      {messages.data && entries.length + pending.length === 0 && <EmptyState icon="chat" title={t("no_messages")} />}
      <ol className={styles.entries}>
        {entries.map((entry) => (
          <li key={entry.id} className={styles.entry}>
            {entry.kind === "day" && <p className={styles.day}>{dayName(entry.at, now, format, t)}</p>}
            {entry.kind === "note" && <NoteBubble note={entry.note} />}
            {entry.kind === "message" && (
              <Bubble
                message={entry.message}
                channel={conversation.channel}
                sender={
                  {
                    citizen: nameOf(conversation, t),
                    bot: t("from_bot"),
                    system: t("from_system"),
                    agent: nameOfSender(entry.message.agent_id),
                  }[entry.message.sender_type]
                }
              />
            )}
          </li>
        ))}
        {pending.map((entry) => (
          <li key={entry.key} className={styles.entry}>
            <PendingBubble entry={entry} />
          </li>
        ))}
      </ol>
    </div>
  );
}
