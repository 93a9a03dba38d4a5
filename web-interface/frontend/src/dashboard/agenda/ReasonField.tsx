import { formatPhone } from "@/shared/ui/phone";
import { TextField } from "../ui/Fields";
import type { Appointment } from "./data";
import { useAgendaTexts } from "./texts";

type Props = { appointment: Appointment; reason: string; onChange: (reason: string) => void };

/** Why an hour is moved or cancelled, and how the person gets to know. */
export function ReasonField({ appointment, reason, onChange }: Props) {
  const t = useAgendaTexts();
  const { phone, email } = appointment.citizen;
  let hint = phone ? t("told_phone", { phone: formatPhone(phone) }) : t("told_nobody");
  if (email) hint = t("told_email", { email });
  if (appointment.conversation_id) hint = t("told_chat");
  return (
    <TextField
      label={t("reason")}
      hint={hint}
      value={reason}
      maxLength={500}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}
