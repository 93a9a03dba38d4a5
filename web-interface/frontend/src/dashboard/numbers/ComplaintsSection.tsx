import { useFormats } from "../ui/format";
import { useComplaintNumbers } from "./api";
import { DayChart } from "./DayChart";
import { percent, withAllDays } from "./figures";
import styles from "./Numbers.module.css";
import { Rank } from "./Rank";
import { daysOf, type Range } from "./range";
import { Section } from "./Section";
import { useNumbersTexts } from "./texts";
import { type Tile, Tiles } from "./Tiles";

const EMPTY_DAY = { received: 0, settled: 0 };

export function ComplaintsSection({ range }: { range: Range }) {
  const t = useNumbersTexts();
  const format = useFormats();
  const query = useComplaintNumbers(range);
  return (
    <Section title={t("complaints")} query={query}>
      {(numbers) => {
        const counted = t("counted_at", { time: format.time(numbers.counted_at) });
        const tiles: Tile[] = [
          { id: "received", label: t("received"), value: format.number(numbers.received) },
          { id: "settled", label: t("settled"), value: format.number(numbers.settled), hint: t("settled_hint") },
          {
            id: "median",
            label: t("median_days"),
            value: numbers.median_days == null ? "–" : t("days", { count: format.number(Math.round(numbers.median_days * 10) / 10) }),
          },
          {
            id: "on_time",
            label: t("on_time"),
            value: numbers.on_time == null ? "–" : percent(format, numbers.on_time),
          },
          { id: "open", label: t("open_now"), value: format.number(numbers.open_now), hint: counted },
          {
            id: "overdue",
            label: t("overdue_now"),
            value: format.number(numbers.overdue_now),
            hint: counted,
            ...(numbers.overdue_now > 0 && { tone: "alert" as const }),
          },
        ];
        return (
          <>
            <Tiles tiles={tiles} />
            <DayChart
              title={t("complaints_by_day")}
              series={[
                { id: "received", label: t("received"), color: "var(--info-ink)" },
                { id: "settled", label: t("settled"), color: "var(--done-ink)" },
              ]}
              rows={withAllDays(daysOf(range), numbers.days, EMPTY_DAY)}
            />
            <div className={styles.columns}>
              <Rank
                title={t("by_status")}
                empty={t("nothing")}
                items={numbers.statuses.map(({ status, label, count }) => ({ id: status, label, count }))}
              />
              <Rank
                title={t("by_category")}
                empty={t("nothing")}
                items={numbers.categories.map(({ name, count }) => ({ id: name, label: name, count }))}
              />
              <Rank
                title={t("by_unit")}
                empty={t("nothing")}
                items={numbers.units.map(({ name, count }) => ({ id: name, label: name, count }))}
              />
            </div>
          </>
        );
      }}
    </Section>
  );
}
