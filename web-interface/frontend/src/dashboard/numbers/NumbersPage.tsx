import { Page } from "../ui/Page";
import { AppointmentsSection } from "./AppointmentsSection";
import { ComplaintsSection } from "./ComplaintsSection";
import { ConversationsSection } from "./ConversationsSection";
import { CsvButton } from "./CsvButton";
import { RangeBar } from "./RangeBar";
import { useRange } from "./range";
import { useNumbersTexts } from "./texts";

export default function NumbersPage() {
  const t = useNumbersTexts();
  const { range, today, setRange } = useRange();
  return (
    <Page title={t("title")} actions={<CsvButton range={range} />}>
      <RangeBar range={range} today={today} onChoose={setRange} />
      <ConversationsSection range={range} />
      <AppointmentsSection range={range} />
      <ComplaintsSection range={range} />
    </Page>
  );
}
