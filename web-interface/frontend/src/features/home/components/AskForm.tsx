import { type FormEvent, useState } from "react";
import { Icon } from "@/shared/ui/Icon";
import { openChat } from "@/shared/ui/munbot";
import { formatPhone } from "@/shared/ui/phone";
import { fill } from "@/shared/ui/text";
import texts from "../texts/es-CL.json";
import styles from "./AskForm.module.css";

/** The first message of a conversation, written on the page itself. */
export function AskForm({ phone }: { phone: string | null }) {
  const [isMissing, setIsMissing] = useState(false);

  function ask(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const text = new FormData(form).get("text");
    const isOpen = openChat(typeof text === "string" ? text.trim() : "");
    setIsMissing(!isOpen);
    if (window.Munbot) form.reset(); // while the chat is on its way, the words stay in sight
  }

  return (
    <form className={styles.form} onSubmit={ask}>
      <label className="visually-hidden" htmlFor="ask">
        {texts.ask_label}
      </label>
      <div className={styles.row}>
        <input id="ask" name="text" type="text" autoComplete="off" maxLength={500} placeholder={texts.ask_placeholder} />
        <button className={`button ${styles.send}`} type="submit">
          <span>{texts.ask_send}</span>
          <Icon name="arrow" />
        </button>
      </div>
      <p role="status" className={styles.missing}>
        {isMissing &&
          (phone ? fill(texts.chat_missing, { phone: formatPhone(phone) }) : texts.chat_missing_no_phone)}
      </p>
    </form>
  );
}
