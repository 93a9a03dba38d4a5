import { useFormats } from "../ui/format";
import { useConversationNumbers } from "./api";
import { DayChart } from "./DayChart";
import { duration, percent, withAllDays } from "./figures";
import { daysOf, type Range } from "./range";
import { Section } from "./Section";
import { useNumbersTexts } from "./texts";
import { Tiles } from "./Tiles";

const EMPTY_DAY = { contained: 0, with_person: 0 };

export function ConversationsSection({ range }: { range: Range }) {
  const t = useNumbersTexts();
  const format = useFormats();
  const query = useConversationNumbers(range);
  return (
    <Section title={t("conversations")} query={query}>
      {({ total, days }) => {
        const waiting = total.handoffs - total.answered;
        return (
          <>
            <Tiles
              tiles={[
                { id: "conversations", label: t("conversations"), value: format.number(total.conversations) },
                {
                  id: "contained",
                  label: t("containment"),
                  value: total.conversations === 0 ? "–" : percent(format, total.contained / total.conversations),
                  hint: t("containment_hint", { count: format.number(total.contained) }),
                },
                { id: "handoffs", label: t("handoffs"), value: format.number(total.handoffs), hint: t("handoffs_hint") },
                {
                  id: "median",
                  label: t("first_answer"),
                  value: total.median_first_answer_seconds == null ? "–" : duration(total.median_first_answer_seconds),
                  hint: t("first_answer_hint"),
                },
                {
                  id: "unanswered",
                  label: t("handoffs_open"),
                  value: format.number(waiting),
                  ...(waiting > 0 && { tone: "alert" as const }),
                },
                { id: "takeovers", label: t("takeovers"), value: format.number(total.takeovers), hint: t("takeovers_hint") },
                { id: "unknown", label: t("unknown"), value: format.number(total.unknown_questions) },
              ]}
            />
            <DayChart
              title={t("conversations_by_day")}
              stacked
              series={[
                { id: "contained", label: t("contained"), color: "var(--done-ink)" },
                { id: "with_person", label: t("with_person"), color: "var(--info-ink)" },
              ]}
              rows={withAllDays(
                daysOf(range),
                days.map((day) => ({
                  day: day.day,
                  contained: day.contained,
                  with_person: day.conversations - day.contained,
                })),
                EMPTY_DAY,
              )}
            />
          </>
        );
      }}
    </Section>
  );
}
