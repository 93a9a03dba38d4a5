import type { ReactNode } from "react";
import styles from "./Badge.module.css";

export type Tone = "plain" | "info" | "done" | "alert" | "error" | "note";

/** A word in a coloured box. The word says everything; the colour helps to find it. */
export function Badge({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={styles.badge} data-tone={tone}>
      {children}
    </span>
  );
}

/** A number of things that wait. Give `label` its words for screen readers. */
export function Count({ value, label }: { value: number; label: string }) {
  if (value <= 0) return null;
  return (
    <span className={styles.count}>
      <span aria-hidden="true">{value > 99 ? "99+" : value}</span>
      <span className="visually-hidden">{label}</span>
    </span>
  );
}
