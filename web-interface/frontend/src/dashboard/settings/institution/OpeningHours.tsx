import { Button, IconButton } from "../../ui/Button";
import { SelectField, TextField } from "../../ui/Fields";
import styles from "../Settings.module.css";
import { useInstitutionTexts } from "./texts";

export type Stretch = { weekday: number; opens: string; closes: string };
const WEEK = [0, 1, 2, 3, 4, 5, 6] as const;

/** The week's stretches in which people attend. */
export function OpeningHours({ hours, onChange }: { hours: Stretch[]; onChange: (hours: Stretch[]) => void }) {
  const t = useInstitutionTexts();
  const change = (at: number, part: Partial<Stretch>) =>
    onChange(hours.map((stretch, index) => (index === at ? { ...stretch, ...part } : stretch)));
  return (
    <fieldset>
      <legend>{t("hours")}</legend>
      {hours.length === 0 && <p className={styles.soft}>{t("no_hours")}</p>}
      {hours.map((stretch, at) => (
        <div key={at} className={styles.row}>
          <SelectField label={t("weekday")} value={stretch.weekday} onChange={(e) => change(at, { weekday: Number(e.target.value) })}>
            {WEEK.map((day) => (
              <option key={day} value={day}>
                {t(`weekday_${day}`)}
              </option>
            ))}
          </SelectField>
          <TextField
            label={t("opens")}
            type="time"
            required
            value={stretch.opens}
            onChange={(e) => change(at, { opens: e.target.value })}
          />
          <TextField
            label={t("closes")}
            type="time"
            required
            value={stretch.closes}
            onChange={(e) => change(at, { closes: e.target.value })}
          />
          <IconButton
            icon="trash"
            label={t("remove_hours")}
            onClick={() => onChange(hours.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      <Button small icon="plus" onClick={() => onChange([...hours, { weekday: 0, opens: "08:30", closes: "14:00" }])}>
        {t("add_hours")}
      </Button>
    </fieldset>
  );
}
