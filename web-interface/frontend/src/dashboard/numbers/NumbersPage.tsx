import { Page } from "../ui/Page";
import { AppointmentsSection } from "./AppointmentsSection";
import { ComplaintsSection } from "./ComplaintsSection";
import { ConversationsSection } from "./ConversationsSection";
import { CsvButton } from "./CsvButton";
import { RangeBar } from "./RangeBar";
import { isYears, useRange } from "./range";
import { useNumbersTexts } from "./texts";
import { YearsSection } from "./YearsSection";

export default function NumbersPage() {
  const t = useNumbersTexts();
  const { range, today, setRange } = useRange();
  return (
    <Page title={t("title")} actions={!isYears(range) && <CsvButton range={range} />}>
      <RangeBar range={range} today={today} onChoose={setRange} />
      {isYears(range) ? (
        <YearsSection range={range} />
      ) : (
        <>
          <ConversationsSection range={range} />
          <AppointmentsSection range={range} />
          <ComplaintsSection range={range} />
        </>
      )}
    </Page>
  );
}
