import { Link } from "wouter";
import { PhoneLink } from "@/shared/ui/PhoneLink";
import { shownRut } from "@/shared/ui/rut";
import { Card } from "../ui/Page";
import type { Complaint } from "./data";
import styles from "./Detail.module.css";
import { useComplaintsTexts } from "./texts";

export function CitizenCard({ complaint }: { complaint: Complaint }) {
  const t = useComplaintsTexts();
  const { rut, name, phone, email } = complaint.citizen;
  const channel = (["web", "whatsapp", "phone"] as const).find((known) => known === complaint.channel) ?? "another";
  return (
    <Card title={t("citizen")}>
      <p className={styles.name}>{name ?? t("name_none")}</p>
      <dl className={styles.facts}>
        <dt>{t("rut")}</dt>
        <dd>{shownRut(rut)}</dd>
        {phone && (
          <>
            <dt>{t("phone")}</dt>
            <dd>
              <PhoneLink phone={phone} />
            </dd>
          </>
        )}
        {email && (
          <>
            <dt>{t("email")}</dt>
            <dd>
              <a href={`mailto:${encodeURIComponent(email)}`}>{email}</a>
            </dd>
          </>
        )}
        <dt>{t("channel")}</dt>
        <dd>{t(`channel_${channel}`)}</dd>
      </dl>
      {complaint.conversation_id && <Link href={`/conversaciones/${complaint.conversation_id}`}>{t("open_conversation")}</Link>}
    </Card>
  );
}
