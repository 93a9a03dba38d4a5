import { useFormats } from "../ui/format";
import { type Column, Table } from "../ui/Table";
import { useYears } from "./api";
import type { Range } from "./range";
import { Section } from "./Section";
import { useNumbersTexts } from "./texts";

const FIGURES = [
  "messages",
  "conversations",
  "handoffs",
  "appointments_booked",
  "appointments_cancelled",
  "appointments_attended",
  "appointments_missed",
  "complaints",
  "complaints_resolved",
  "complaints_overdue",
] as const;

/** Ranges beyond a year: what the archive of events counted in each month. */
export function YearsSection({ range }: { range: Range }) {
  const t = useNumbersTexts();
  const format = useFormats();
  const query = useYears(range);
  return (
    <Section title={t("years")} query={query}>
      {({ periods }) => {
        const columns: Column<(typeof periods)[number]>[] = [
          { id: "month", title: t("month"), cell: (row) => row.start.slice(0, 7) },
          ...FIGURES.map((id) => ({
            id,
            title: t(`years_${id}`),
            align: "end" as const,
            cell: (row: (typeof periods)[number]) => format.number(row.figures[id] ?? 0),
          })),
        ];
        return <Table caption={t("years")} columns={columns} rows={periods} keyOf={(row) => row.start} />;
      }}
    </Section>
  );
}
