/** Texts of the staff's pages: Spanish first, English second; each page brings its own with its code. */
import i18next from "i18next";
import { useMemo, useSyncExternalStore } from "react";

export type Language = "es-CL" | "en";
export const LANGUAGES: readonly Language[] = ["es-CL", "en"];

const KEY = "munbot.panel.language";

function kept(): Language {
  try {
    return window.localStorage.getItem(KEY) === "en" ? "en" : "es-CL";
  } catch {
    return "es-CL";
  }
}

export const i18n = i18next.createInstance();
void i18n.init({
  lng: kept(),
  fallbackLng: "es-CL",
  supportedLngs: LANGUAGES,
  ns: [],
  resources: {},
  interpolation: { prefix: "{", suffix: "}", escapeValue: false }, // React escapes
  initAsync: false,
});

export function setLanguage(language: Language): void {
  try {
    window.localStorage.setItem(KEY, language);
  } catch {
    // Kept until the page is loaded anew.
  }
  void i18n.changeLanguage(language);
}

type Base<Key> = Key extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : Key;
export type TextOf<Texts> = (key: Base<keyof Texts & string>, values?: Record<string, string | number>) => string;

/** Register a page's texts and return its hook: `const useTexts = defineTexts("agenda", es, en)`.
 *
 * A key that English lacks does not compile. `{name}` is replaced by `values.name`; `key_one` and `key_other` are
 * chosen by `values.count`.
 */
export function defineTexts<Texts extends Record<string, string>>(
  page: string,
  spanish: Texts,
  english: Record<keyof Texts, string>,
): () => TextOf<Texts> {
  i18n.addResourceBundle("es-CL", page, spanish, true, true);
  i18n.addResourceBundle("en", page, english, true, true);
  return function useTexts() {
    const language = useLanguage();
    return useMemo(() => i18n.getFixedT(language, page) as TextOf<Texts>, [language]);
  };
}

function onLanguage(listener: () => void): () => void {
  i18n.on("languageChanged", listener);
  return () => i18n.off("languageChanged", listener);
}

export function useLanguage(): Language {
  return useSyncExternalStore(onLanguage, () => (i18n.language === "en" ? "en" : "es-CL"));
}
