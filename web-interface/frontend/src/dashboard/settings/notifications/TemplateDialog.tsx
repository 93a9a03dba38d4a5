import { useQuery } from "@tanstack/react-query";
import { Dialog } from "../../ui/Dialog";
import { ErrorNotice, LoadingRows } from "../../ui/States";
import { templateQuery } from "./notifications";
import { TemplateEditor } from "./TemplateEditor";
import { useNotificationsTexts } from "./texts";

/** One template, once it is there. After a change by somebody else it is loaded and begun anew. */
export function TemplateDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const t = useNotificationsTexts();
  const template = useQuery(templateQuery(name));
  if (template.data) {
    return (
      <TemplateEditor
        key={template.dataUpdatedAt}
        template={template.data}
        onAgain={() => void template.refetch()}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog title={t("templates")} onClose={onClose}>
      {template.isPending && <LoadingRows />}
      {template.error && <ErrorNotice error={template.error} onRetry={() => void template.refetch()} />}
    </Dialog>
  );
}
