import { ApiError } from "@/shared/api/problem";
import * as z from "zod/mini";
import { dayInWords } from "../scheduling/wallTime";
import { useLanguage } from "../shell/i18n";
import { Button } from "../ui/Button";
import { ErrorNotice } from "../ui/States";
import styles from "./Dialogs.module.css";
import { useAgendaTexts } from "./texts";

const AlternativesSchema = z.object({
  alternatives: z.array(z.object({ start: z.string(), office_id: z.string() })),
});
export type Alternative = z.infer<typeof AlternativesSchema>["alternatives"][number];

/** Why a time was refused, in the service's words, and the free times nearest to it. */
export function MoveRefusal({ error, onChoose }: { error: unknown; onChoose: (alternative: Alternative) => void }) {
  const t = useAgendaTexts();
  const language = useLanguage();
  const parsed = AlternativesSchema.safeParse(error instanceof ApiError ? error.problem : null);
  return (
    <>
      <ErrorNotice error={error} title={t("refused")} />
      {parsed.success && parsed.data.alternatives.length > 0 && (
        <div className={styles.slots} role="group" aria-label={t("alternatives")}>
          {parsed.data.alternatives.map((alternative) => (
            <Button key={alternative.start} small onClick={() => onChoose(alternative)}>
              {dayInWords(alternative.start.slice(0, 10), language, { weekday: "short", day: "numeric", month: "short" })}{" "}
              {alternative.start.slice(11, 16)}
            </Button>
          ))}
        </div>
      )}
    </>
  );
}
