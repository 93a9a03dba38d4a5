import { useMutation } from "@tanstack/react-query";
import { complaints, read } from "../api/clients";
import { Button } from "../ui/Button";
import { useToast } from "../ui/Toast";
import { type Filters, queryOf } from "./address";
import { useComplaintsTexts } from "./texts";

/** The list with its filters as a file for spreadsheets (semicolons, as Excel in Spanish wants them). */
export function CsvButton({ filters }: { filters: Filters }) {
  const t = useComplaintsTexts();
  const toast = useToast();
  const download = useMutation({
    mutationFn: async () => {
      const query = { ...queryOf(filters), separator: "semicolon" as const };
      save(await read<Blob>(complaints.GET("/v1/complaints/export.csv", { params: { query }, parseAs: "blob" })));
    },
    onSuccess: () => toast.done(t("csv_done")),
    onError: toast.failed,
  });
  return (
    <Button icon="download" busy={download.isPending} onClick={() => download.mutate()}>
      {t("csv")}
    </Button>
  );
}

function save(file: Blob): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = "reclamos.csv";
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
