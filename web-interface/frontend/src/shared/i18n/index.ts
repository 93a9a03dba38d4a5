/** What people read, by key. Spanish of Chile is the reference: a key that it lacks does not compile. */
import en from "./en.json";
import esCL from "./es-CL.json";

export type TextKey = keyof typeof esCL;
export type Locale = "es-CL" | "en";
export type Translate = (key: TextKey, values?: Record<string, string | number>) => string;

const TEXTS: Record<Locale, Record<TextKey, string>> = { "es-CL": esCL, en };

/** Return the locale that serves a language tag best; es-CL for anything unknown. */
export function localeOf(tag: string | null | undefined): Locale {
  return tag?.toLowerCase().startsWith("en") ? "en" : "es-CL";
}

/** Return the lookup of one locale. `{name}` in a text is replaced by `values.name`. */
export function translator(locale: Locale): Translate {
  const texts = TEXTS[locale];
  return (key, values = {}) =>
    texts[key].replace(/\{(\w+)\}/g, (whole, name: string) =>
      name in values ? String(values[name]) : whole,
    );
}
