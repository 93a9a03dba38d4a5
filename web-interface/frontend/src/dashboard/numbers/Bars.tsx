import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { useFormats } from "../ui/format";
import type { DayRow, Series } from "./DayChart";
import { atNoon } from "./figures";

type Props = { series: readonly Series<string>[]; rows: readonly DayRow<string>[]; stacked: boolean };

/** The bars of a `DayChart`. */
export default function Bars({ series, rows, stacked }: Props) {
  const format = useFormats();
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart data={[...rows]} accessibilityLayer={false} margin={{ top: 8, right: 8, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="day"
          tickFormatter={(day: string) => format.day(atNoon(day))}
          minTickGap={28}
          stroke="var(--line-strong)"
          tick={{ fill: "var(--ink-soft)", fontSize: "0.75rem" }}
        />
        <YAxis
          allowDecimals={false}
          width={36}
          stroke="var(--line-strong)"
          tick={{ fill: "var(--ink-soft)", fontSize: "0.75rem" }}
        />
        <Tooltip
          cursor={{ fill: "var(--chosen)" }}
          labelFormatter={(day) => (typeof day === "string" ? format.longDay(atNoon(day)) : null)}
          contentStyle={{ background: "var(--surface)", border: "1px solid var(--line-strong)", color: "var(--ink)" }}
          itemStyle={{ color: "var(--ink)" }}
        />
        {series.map(({ id, label, color }) => (
          <Bar
            key={id}
            dataKey={id}
            name={label}
            fill={color}
            isAnimationActive={false}
            maxBarSize={28}
            {...(stacked ? { stackId: "all" } : {})}
          />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}
