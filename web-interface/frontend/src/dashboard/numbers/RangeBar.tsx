import { useState } from "react";
import { Button } from "../ui/Button";
import { TextField } from "../ui/Fields";
import styles from "./Numbers.module.css";
import { lastDays, PRESETS, type Range } from "./range";
import { useNumbersTexts } from "./texts";

/** Choose the days: one of the usual ranges, or both ends. */
export function RangeBar({ range, today, onChoose }: { range: Range; today: string; onChoose: (range: Range) => void }) {
  const t = useNumbersTexts();
  // Half a range is not asked for: what is typed waits until it makes sense.
  const [typed, setTyped] = useState<Range | null>(null);
  const shown = typed ?? range;
  const type = (next: Range) => {
    if (next.from && next.to && next.from <= next.to) {
      setTyped(null);
      onChoose(next);
    } else setTyped(next);
  };
  const isWrong = typed !== null && typed.from > typed.to && typed.to !== "";
  return (
    <div className={styles.range}>
      <div role="group" aria-label={t("range")} className={styles.presets}>
        {PRESETS.map((days) => {
          const preset = lastDays(days, today);
          const isChosen = preset.from === range.from && preset.to === range.to;
          return (
            <Button
              key={days}
              small
              look={isChosen ? "main" : "plain"}
              aria-pressed={isChosen}
              onClick={() => {
                setTyped(null);
                onChoose(preset);
              }}
            >
              {t("last_days", { count: days })}
            </Button>
          );
        })}
      </div>
      <TextField
        label={t("from")}
        type="date"
        value={shown.from}
        max={today}
        error={isWrong ? t("range_wrong") : undefined}
        onChange={(event) => type({ ...shown, from: event.target.value })}
      />
      <TextField
        label={t("to")}
        type="date"
        value={shown.to}
        max={today}
        onChange={(event) => type({ ...shown, to: event.target.value })}
      />
    </div>
  );
}
