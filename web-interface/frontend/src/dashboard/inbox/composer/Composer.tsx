import { useState } from "react";
import { useMe } from "../../session/store";
import type { Conversation } from "../api/queries";
import { wordOf } from "../names";
import { useInboxTexts } from "../texts";
import styles from "./Composer.module.css";
import { NoteForm } from "./NoteForm";
import { ReplyForm } from "./ReplyForm";

type Mode = "reply" | "note";

/** Where an official writes: to the citizen, or for colleagues only. The two look different, so that none is mistaken. */
export function Composer({ conversation, onTyping }: { conversation: Conversation; onTyping: (on: boolean) => void }) {
  const t = useInboxTexts();
  const me = useMe();
  const [wanted, setMode] = useState<Mode>("reply");
  const state = wordOf(conversation, me.id);
  const mode = state === "closed" ? "note" : wanted;
  const hint = {
    closed: t("is_closed"),
    bot: t("takes_over"),
    nobody: t("takes_over"),
    agent: t("takes_from", { name: conversation.assigned_agent?.name ?? "" }),
    you: "",
  }[state];
  return (
    <div className={styles.composer} data-mode={mode}>
      {state !== "closed" && (
        <fieldset className={styles.modes}>
          <legend className="visually-hidden">{t("mode")}</legend>
          {(["reply", "note"] as const).map((choice) => (
            <label key={choice} data-chosen={mode === choice || undefined}>
              <input
                type="radio"
                name="composer-mode"
                className="visually-hidden"
                checked={mode === choice}
                onChange={() => setMode(choice)}
              />
              {t(`mode_${choice}`)}
            </label>
          ))}
        </fieldset>
      )}
      {(mode === "reply" || state === "closed") && hint && <p className={styles.hint}>{hint}</p>}
      {mode === "reply" ? (
        <ReplyForm conversation={conversation} onTyping={onTyping} />
      ) : (
        <NoteForm conversationId={conversation.id} />
      )}
    </div>
  );
}
