import type { Office, Procedure } from "../scheduling/catalogue";
import { dayInWords } from "../scheduling/wallTime";
import { type Language, useLanguage } from "../shell/i18n";
import { Button, IconButton } from "../ui/Button";
import { SelectField } from "../ui/Fields";
import { type Address, type View, VIEWS } from "./address";
import styles from "./Calendar.module.css";
import { rangeOf, turned } from "./range";
import { useAgendaTexts } from "./texts";

type Props = {
  address: Address;
  today: string;
  offices: readonly Office[];
  procedures: readonly Procedure[];
  busy: boolean;
  onChange: (changes: Partial<Address>) => void;
};

/** Which days, of which office and procedure. */
export function Toolbar({ address, today, offices, procedures, busy, onChange }: Props) {
  const t = useAgendaTexts();
  const language = useLanguage();
  const { view, day, filters, withCancelled } = address;
  const offered = procedures.filter((item) => !filters.officeId || item.office_ids.includes(filters.officeId));
  return (
    <div className={styles.toolbar}>
      <div className={styles.turn}>
        <Button small onClick={() => onChange({ day: today })} disabled={day === today}>
          {t("today")}
        </Button>
        <span style={{ rotate: "90deg" }}>
          <IconButton small icon="chevron" label={t(`before_${view}`)} onClick={() => onChange({ day: turned(view, day, -1) })} />
        </span>
        <span style={{ rotate: "-90deg" }}>
          <IconButton small icon="chevron" label={t(`after_${view}`)} onClick={() => onChange({ day: turned(view, day, 1) })} />
        </span>
        <p className={styles.period} aria-live="polite" aria-busy={busy}>
          {periodOf(view, day, language)}
        </p>
      </div>
      <fieldset className={styles.views}>
        <legend className="visually-hidden">{t("view")}</legend>
        {VIEWS.map((name) => (
          <Button key={name} small aria-pressed={name === view} onClick={() => onChange({ view: name })}>
            {t(`view_${name}`)}
          </Button>
        ))}
      </fieldset>
      <div className={styles.filters}>
        <SelectField
          label={t("office")}
          value={filters.officeId}
          onChange={({ target }) => onChange({ filters: { officeId: target.value, procedureId: "" } })}
        >
          <option value="">{t("all_offices")}</option>
          {offices.map((office) => (
            <option key={office.id} value={office.id}>
              {office.active ? office.name : t("inactive", { name: office.name })}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t("procedure")}
          value={filters.procedureId}
          onChange={({ target }) => onChange({ filters: { ...filters, procedureId: target.value } })}
        >
          <option value="">{t("all_procedures")}</option>
          {offered.map((procedure) => (
            <option key={procedure.id} value={procedure.id}>
              {procedure.active ? procedure.name : t("inactive", { name: procedure.name })}
            </option>
          ))}
        </SelectField>
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={withCancelled}
            onChange={({ target }) => onChange({ withCancelled: target.checked })}
          />
          {t("with_cancelled")}
        </label>
      </div>
    </div>
  );
}

function periodOf(view: View, day: string, language: Language): string {
  if (view === "month") return dayInWords(day, language, { month: "long", year: "numeric" });
  if (view === "day") return dayInWords(day, language, { weekday: "long", day: "numeric", month: "long" });
  const { from, to } = rangeOf(view, day);
  const format = new Intl.DateTimeFormat(language, { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });
  return format.formatRange(new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`));
}
