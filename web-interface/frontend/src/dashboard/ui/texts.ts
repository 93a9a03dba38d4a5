import { ApiError } from "@/shared/api/problem";
import { defineTexts, type TextOf } from "../shell/i18n";
import en from "./texts/en.json";
import es from "./texts/es-CL.json";

export const useUiTexts = defineTexts("ui", es, en);

/** The words for a failure: the service's own when it gave any, ours otherwise. */
export function wordsOf(error: unknown, t: TextOf<typeof es>): string {
  if (!(error instanceof ApiError)) return t("error_away");
  if (error.detail) return error.detail;
  if (error.status === 403) return t("error_forbidden");
  return t(`error_${error.kind}`);
}
