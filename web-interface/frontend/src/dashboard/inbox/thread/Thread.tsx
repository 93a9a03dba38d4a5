import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "../../ui/Dialog";
import { ErrorNotice, LoadingRows } from "../../ui/States";
import { conversationQuery } from "../api/queries";
import { ContactCard } from "../card/ContactCard";
import { Composer } from "../composer/Composer";
import { useInboxTexts } from "../texts";
import { nameOf } from "../names";
import { usePresence } from "../../live/hooks";
import { useCan, useMe } from "../../session/store";
import { MessageList } from "./MessageList";
import { PresenceLine } from "./PresenceLine";
import styles from "./Thread.module.css";
import { ThreadHeader } from "./ThreadHeader";
import { useMarkRead } from "./useMarkRead";

/** One conversation: what was said, what to do about it, and who the person is. */
export function Thread({ id }: { id: string }) {
  const t = useInboxTexts();
  const can = useCan();
  const me = useMe();
  const { data: conversation, error, refetch } = useQuery(conversationQuery(id));
  const { others, setTyping } = usePresence(id);
  const [isCardOpen, setCardOpen] = useState(false);
  const reading = useMarkRead(conversation);

  if (!conversation) {
    return (
      <div className={styles.away}>
        {error ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : <LoadingRows />}
      </div>
    );
  }
  return (
    <>
      <section className={styles.thread} aria-label={t("thread", { name: nameOf(conversation, t) })}>
        <ThreadHeader
          conversation={conversation}
          onCard={() => setCardOpen(true)}
          onUnread={reading.leaveUnread}
        />
        <MessageList conversation={conversation} />
        <PresenceLine others={others.filter((agent) => agent.id !== me.id)} />
        {can("agent") && <Composer conversation={conversation} onTyping={setTyping} />}
      </section>
      <aside className={styles.card} aria-label={t("card")}>
        <ContactCard conversation={conversation} />
      </aside>
      {isCardOpen && (
        <Dialog title={t("card")} place="side" onClose={() => setCardOpen(false)}>
          <ContactCard conversation={conversation} />
        </Dialog>
      )}
    </>
  );
}
