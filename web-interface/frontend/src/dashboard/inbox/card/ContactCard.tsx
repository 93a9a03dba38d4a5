import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { shownRut } from "@/shared/ui/rut";
import { useCan } from "../../session/store";
import { Button } from "../../ui/Button";
import { useFormats } from "../../ui/format";
import { ErrorNotice, LoadingRows } from "../../ui/States";
import { type Contact, contactQuery, type Conversation } from "../api/queries";
import { nameOf } from "../names";
import { useInboxTexts } from "../texts";
import styles from "./ContactCard.module.css";
import { EditContact } from "./EditContact";
import { Appointments, Complaints } from "./History";

/** Words that a program left for programs are not shown to people. */
const isWords = (reason: string) => /[^a-z0-9_]/.test(reason);

/** Who the person is, what they asked for, and what they have with the office. */
export function ContactCard({ conversation }: { conversation: Conversation }) {
  const t = useInboxTexts();
  const format = useFormats();
  const contact = useQuery(contactQuery(conversation.contact.id));
  const reason = conversation.handoff_summary ?? conversation.handoff_reason;
  return (
    <div className={styles.card}>
      <h2>{nameOf(conversation, t)}</h2>
      {contact.isPending && <LoadingRows rows={3} />}
      {contact.error && <ErrorNotice error={contact.error} onRetry={() => void contact.refetch()} />}
      {contact.data && <Facts contact={contact.data} />}
      {reason && isWords(reason) && (
        <section>
          <h3>{t("why_handoff")}</h3>
          <p className={styles.words}>{reason}</p>
        </section>
      )}
      {conversation.summary && (
        <section>
          <h3>{t("summary")}</h3>
          <p className={styles.words}>{conversation.summary}</p>
        </section>
      )}
      {contact.data && (
        <>
          <Appointments rut={contact.data.rut} conversationId={conversation.id} />
          <Complaints rut={contact.data.rut} conversationId={conversation.id} />
        </>
      )}
      <p className={styles.soft}>{t("began", { when: format.dateTime(conversation.created_at) })}</p>
    </div>
  );
}

function Facts({ contact }: { contact: Contact }) {
  const t = useInboxTexts();
  const can = useCan();
  const [isEdited, setEdited] = useState(false);
  const facts = [
    { key: "rut", label: t("rut"), value: contact.rut && shownRut(contact.rut) },
    { key: "phone", label: t("phone"), value: contact.phone },
    { key: "email", label: t("email"), value: contact.email },
    ...contact.addresses
      .filter(({ channel }) => channel === "whatsapp")
      .map(({ address }) => ({ key: address, label: t("address_whatsapp"), value: `+${address.replace(/^\+/, "")}` })),
  ];
  return (
    <>
      <dl className={styles.facts}>
        {facts.map(({ key, label, value }) => (
          <div key={key}>
            <dt>{label}</dt>
            <dd>{value ?? <span className={styles.soft}>{t("not_known")}</span>}</dd>
          </div>
        ))}
      </dl>
      <div className={styles.actions}>
        {can("agent") && (
          <Button small icon="edit" onClick={() => setEdited(true)}>
            {t("edit_contact")}
          </Button>
        )}
        {contact.conversations > 1 && (
          <Link href={`/conversaciones?persona=${contact.id}`}>{t("conversations", { count: contact.conversations })}</Link>
        )}
      </div>
      {isEdited && <EditContact contact={contact} onClose={() => setEdited(false)} />}
    </>
  );
}
