import { ApiError } from "@/shared/api/problem";
import { fieldErrors } from "../../scheduling/fieldErrors";
import { Button } from "../../ui/Button";
import { ErrorNotice } from "../../ui/States";
import styles from "./Catalogue.module.css";
import { useCatalogueTexts } from "./texts";

/** The buttons below a form. */
export function FormButtons({ form, busy, onClose }: { form: string; busy: boolean; onClose: () => void }) {
  const t = useCatalogueTexts();
  return (
    <>
      <Button onClick={onClose}>{t("discard")}</Button>
      <Button look="main" type="submit" form={form} busy={busy}>
        {t("save")}
      </Button>
    </>
  );
}

/** Why it was not saved, unless the fields say it themselves. */
export function FormError({ error, fields }: { error: unknown; fields: readonly string[] }) {
  const t = useCatalogueTexts();
  if (!error) return null;
  if (error instanceof ApiError && error.code === "stale") {
    return <ErrorNotice error={new ApiError("invalid", "stale", t("stale"))} title={t("not_saved")} />;
  }
  const wrong = Object.keys(fieldErrors(error));
  if (wrong.length > 0 && wrong.every((field) => fields.includes(field))) return null;
  return <ErrorNotice error={error} title={t("not_saved")} />;
}

type ChoiceProps = {
  legend: string;
  options: readonly { id: string; name: string }[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
};

/** Several of a short list. */
export function Choices({ legend, options, chosen, onChange }: ChoiceProps) {
  return (
    <fieldset className={styles.choices}>
      <legend>{legend}</legend>
      {options.map(({ id, name }) => (
        <label key={id}>
          <input
            type="checkbox"
            checked={chosen.includes(id)}
            onChange={({ target }) => onChange(target.checked ? [...chosen, id] : chosen.filter((other) => other !== id))}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}

/** Lines of a text area as a list, and back. */
export const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

/** A number of a field that may be left empty. */
export const numberOr = (text: string): number | null => (text.trim() === "" ? null : Number(text));
