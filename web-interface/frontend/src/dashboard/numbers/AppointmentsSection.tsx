import { useFormats } from "../ui/format";
import { useAppointmentNumbers } from "./api";
import { DayChart } from "./DayChart";
import { percent, withAllDays } from "./figures";
import styles from "./Numbers.module.css";
import { Rank } from "./Rank";
import { daysOf, type Range } from "./range";
import { Section } from "./Section";
import { useNumbersTexts } from "./texts";
import { Tiles } from "./Tiles";

const EMPTY_DAY = { made: 0, attended: 0, no_show: 0, cancelled: 0, open: 0 };

export function AppointmentsSection({ range }: { range: Range }) {
  const t = useNumbersTexts();
  const format = useFormats();
  const query = useAppointmentNumbers(range);
  return (
    <Section title={t("appointments")} query={query}>
      {({ totals, days, procedures, offices }) => (
        <>
          <Tiles
            tiles={[
              { id: "made", label: t("made"), value: format.number(totals.made ?? 0), hint: t("made_hint") },
              { id: "appointments", label: t("taking_place"), value: format.number(totals.appointments ?? 0) },
              { id: "attended", label: t("attended"), value: format.number(totals.attended ?? 0) },
              {
                id: "no_show",
                label: t("no_show"),
                value: format.number(totals.no_show ?? 0),
                ...(totals.no_show_rate != null && {
                  hint: t("no_show_rate", { rate: percent(format, totals.no_show_rate) }),
                }),
              },
              { id: "cancelled", label: t("cancelled"), value: format.number(totals.cancelled ?? 0) },
              {
                id: "unnoted",
                label: t("unnoted"),
                value: format.number(totals.unnoted ?? 0),
                hint: t("unnoted_hint"),
                ...((totals.unnoted ?? 0) > 0 && { tone: "alert" as const }),
              },
            ]}
          />
          <DayChart
            title={t("appointments_by_day")}
            stacked
            series={[
              { id: "attended", label: t("attended"), color: "var(--done-ink)" },
              { id: "open", label: t("open"), color: "var(--info-ink)" },
              { id: "no_show", label: t("no_show"), color: "var(--error-ink)" },
              { id: "cancelled", label: t("cancelled"), color: "var(--line-strong)" },
            ]}
            rows={withAllDays(
              daysOf(range),
              days.map((day) => ({
                day: day.date,
                made: day.made ?? 0,
                attended: day.attended ?? 0,
                no_show: day.no_show ?? 0,
                cancelled: day.cancelled ?? 0,
                open: (day.booked ?? 0) + (day.confirmed ?? 0),
              })),
              EMPTY_DAY,
            )}
          />
          <div className={styles.columns}>
            <Rank
              title={t("by_procedure")}
              empty={t("nothing")}
              items={procedures.map(({ id, name, appointments }) => ({ id, label: name, count: appointments ?? 0 }))}
            />
            <Rank
              title={t("by_office")}
              empty={t("nothing")}
              items={offices.map(({ id, name, appointments }) => ({ id, label: name, count: appointments ?? 0 }))}
            />
          </div>
        </>
      )}
    </Section>
  );
}
