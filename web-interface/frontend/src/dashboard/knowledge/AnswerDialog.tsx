import { useMutation, useQueryClient } from "@tanstack/react-query";
import { conversations, read } from "../api/clients";
import { useToast } from "../ui/Toast";
import type { Question } from "./data";
import { PairDialog, type PairWords } from "./PairDialog";
import { useKnowledgeTexts } from "./texts";

/** Answer a question for everybody who asks it: it becomes part of what the office knows. */
export function AnswerDialog({ question, onClose }: { question: Question; onClose: () => void }) {
  const t = useKnowledgeTexts();
  const toast = useToast();
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (words: PairWords) =>
      read(conversations.POST("/v1/unanswered/{question_id}/answer", { params: { path: { question_id: question.id } }, body: words })),
    onSuccess: () => {
      toast.done(t("answered"));
      void client.invalidateQueries({ queryKey: ["knowledge"] });
      onClose();
    },
  });
  const also = question.samples.filter((sample) => sample !== question.question);
  return (
    <PairDialog
      title={t("answer_title")}
      about={t("answer_about")}
      action={t("publish")}
      words={{ question: question.question, also, answer: "" }}
      busy={save.isPending}
      error={save.error}
      onSave={(words) => save.mutate(words)}
      onClose={onClose}
    />
  );
}
