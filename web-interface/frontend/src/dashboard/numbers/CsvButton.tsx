import { useLanguage } from "../shell/i18n";
import { Button } from "../ui/Button";
import { useAppointmentNumbers, useComplaintNumbers, useConversationNumbers } from "./api";
import { CSV_STYLES, type CsvColumn, saveCsv, toCsv } from "./csv";
import { daysOf, type Range } from "./range";
import { useNumbersTexts } from "./texts";

/** All numbers of the range, a line for each day. It waits until every service has answered. */
export function CsvButton({ range }: { range: Range }) {
  const t = useNumbersTexts();
  const language = useLanguage();
  const conversations = useConversationNumbers(range).data;
  const appointments = useAppointmentNumbers(range).data;
  const complaints = useComplaintNumbers(range).data;

  const save = () => {
    if (!conversations || !appointments || !complaints) return;
    const chats = new Map(conversations.days.map((day) => [day.day, day]));
    const agenda = new Map(appointments.days.map((day) => [day.date, day]));
    const received = new Map(complaints.days.map((day) => [day.day, day]));
    const group = (section: string, what: string) => `${section}: ${what}`;
    const columns: CsvColumn<string>[] = [
      { title: t("day"), value: (day) => day },
      { title: t("conversations"), value: (day) => chats.get(day)?.conversations ?? 0 },
      { title: t("contained"), value: (day) => chats.get(day)?.contained ?? 0 },
      { title: t("handoffs"), value: (day) => chats.get(day)?.handoffs ?? 0 },
      { title: t("takeovers"), value: (day) => chats.get(day)?.takeovers ?? 0 },
      { title: t("first_answer_seconds"), value: (day) => chats.get(day)?.median_first_answer_seconds ?? null },
      { title: t("unknown"), value: (day) => chats.get(day)?.unknown_questions ?? 0 },
      { title: group(t("appointments"), t("made")), value: (day) => agenda.get(day)?.made ?? 0 },
      { title: group(t("appointments"), t("taking_place")), value: (day) => agenda.get(day)?.appointments ?? 0 },
      { title: group(t("appointments"), t("attended")), value: (day) => agenda.get(day)?.attended ?? 0 },
      { title: group(t("appointments"), t("no_show")), value: (day) => agenda.get(day)?.no_show ?? 0 },
      { title: group(t("appointments"), t("cancelled")), value: (day) => agenda.get(day)?.cancelled ?? 0 },
      { title: group(t("complaints"), t("received")), value: (day) => received.get(day)?.received ?? 0 },
      { title: group(t("complaints"), t("settled")), value: (day) => received.get(day)?.settled ?? 0 },
    ];
    saveCsv(`${t("csv_file")}-${range.from}-${range.to}.csv`, toCsv(columns, daysOf(range), CSV_STYLES[language]));
  };
  return (
    <Button icon="download" disabled={!conversations || !appointments || !complaints} onClick={save}>
      {t("csv")}
    </Button>
  );
}
