import { useQueryClient } from "@tanstack/react-query";
import { useRoute } from "wouter";
import { useRefetchOn } from "../live/hooks";
import { EmptyState } from "../ui/States";
import { OutboxProvider } from "./api/OutboxProvider";
import { keys } from "./api/queries";
import styles from "./InboxPage.module.css";
import { ConversationList } from "./list/ConversationList";
import { Thread } from "./thread/Thread";
import { useInboxTexts } from "./texts";

const text = (value: unknown) => (typeof value === "string" ? value : "");

/** Conversations: the list, and beside it the one that the address names. */
export default function InboxPage() {
  const t = useInboxTexts();
  const client = useQueryClient();
  const [, params] = useRoute("/conversaciones/:id");
  const id = params?.id;

  useRefetchOn(["munbot.conversation.", "munbot.message."], (event) => {
    const about = text(event.data.conversation_id);
    // A status names its message only; it is the open thread's business alone, and no list shows it.
    if (event.type.startsWith("munbot.message.status")) return id ? [keys.messages(id)] : [];
    const isShown = about !== "" && about === id;
    if (event.type.startsWith("munbot.conversation.noted")) return isShown ? [keys.notes(about)] : [];
    return isShown ? [keys.lists, keys.conversation(about), keys.messages(about)] : [keys.lists];
  });
  useRefetchOn(["munbot.contact."], (event) => {
    // Its name is in the list, over the thread and on the card.
    const shown = id ? [keys.conversation(id)] : [];
    return [keys.contact(text(event.data.contact_id)), keys.lists, ...shown];
  });
  useRefetchOn(["munbot.canned_answer."], () => [keys.canned]);
  useRefetchOn(["munbot.appointment.", "munbot.complaint."], () =>
    client.getQueryCache().findAll({ queryKey: keys.history, type: "active" }).length > 0 ? [keys.history] : [],
  );

  return (
    <OutboxProvider>
      <div className={styles.page} data-open={id ? "" : undefined}>
        <title>{`${t("title")} · Munbot`}</title>
        <ConversationList chosen={id ?? null} />
        {id ? (
          <Thread key={id} id={id} />
        ) : (
          <div className={styles.nothing}>
            <EmptyState icon="chat" title={t("choose")}>
              {t("choose_text")}
            </EmptyState>
          </div>
        )}
      </div>
    </OutboxProvider>
  );
}
