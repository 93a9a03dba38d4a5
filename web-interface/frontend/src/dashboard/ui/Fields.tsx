import { type ComponentPropsWithRef, type ReactNode, useId } from "react";
import styles from "./Fields.module.css";

type Common = { label: string; hint?: string | undefined; error?: string | undefined };

function Frame({ id, label, hint, error, children }: Common & { id: string; children: ReactNode }) {
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {hint && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      {children}
      {error && (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      )}
    </div>
  );
}

const marks = (id: string, { hint, error }: Common) => ({
  "aria-describedby": [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined,
  "aria-invalid": error ? (true as const) : undefined,
});

/** A text field of the staff's forms: label above, hint, and what is wrong with it. */
export function TextField({ label, hint, error, ...input }: Common & ComponentPropsWithRef<"input">) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <input id={id} type="text" autoComplete="off" {...marks(id, { label, hint, error })} {...input} />
    </Frame>
  );
}

export function TextArea({ label, hint, error, ...input }: Common & ComponentPropsWithRef<"textarea">) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <textarea id={id} rows={4} {...marks(id, { label, hint, error })} {...input} />
    </Frame>
  );
}

/** A choice from a short list: children are <option>s. */
export function SelectField({ label, hint, error, children, ...input }: Common & ComponentPropsWithRef<"select">) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <select id={id} {...marks(id, { label, hint, error })} {...input}>
        {children}
      </select>
    </Frame>
  );
}
