import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { llm, read } from "../api/clients";
import { useCan } from "../session/store";
import { Badge } from "../ui/Badge";
import { Button, IconButton } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { useFormats } from "../ui/format";
import { EmptyState, ErrorNotice, LoadingRows, LoadMore } from "../ui/States";
import { type Column, Table } from "../ui/Table";
import { useToast } from "../ui/Toast";
import { documentsQuery, downloadDocument, type KnownDocument, uploadDocument } from "./data";
import styles from "./Knowledge.module.css";
import { Passages } from "./Passages";
import { useKnowledgeTexts } from "./texts";

/** The documents that answers quote. */
export function Documents() {
  const t = useKnowledgeTexts();
  const can = useCan()("admin");
  const formats = useFormats();
  const list = useInfiniteQuery(documentsQuery);
  const [reading, setReading] = useState<KnownDocument | null>(null);
  const [removing, setRemoving] = useState<KnownDocument | null>(null);
  const documents = list.data?.pages.flatMap((page) => page.items) ?? [];
  const columns: Column<KnownDocument>[] = [
    { id: "document", title: t("document"), cell: (row) => <Name document={row} /> },
    { id: "passages", title: t("passages"), align: "end", cell: (row) => formats.number(row.passages) },
    { id: "version", title: t("version"), align: "end", cell: (row) => formats.number(row.version) },
    { id: "uploaded", title: t("uploaded"), cell: (row) => formats.dateTime(row.uploaded_at) },
    {
      id: "actions",
      title: t("actions"),
      cell: (row) => <Actions document={row} can={can} onRead={() => setReading(row)} onRemove={() => setRemoving(row)} />,
    },
  ];
  return (
    <div className={styles.stack}>
      {can && <Upload />}
      {list.isPending && <LoadingRows />}
      {list.isError && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && documents.length === 0 && (
        <EmptyState icon="book" title={t("documents_empty")}>
          <p>{t("documents_empty_text")}</p>
        </EmptyState>
      )}
      {documents.length > 0 && <Table caption={t("tab_documents")} columns={columns} rows={documents} keyOf={(row) => row.id} />}
      <LoadMore has={list.hasNextPage} busy={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
      {reading && <Passages document={reading} onClose={() => setReading(null)} />}
      {removing && <RemoveDocument document={removing} onClose={() => setRemoving(null)} />}
    </div>
  );
}

function Name({ document }: { document: KnownDocument }) {
  const t = useKnowledgeTexts();
  return (
    <>
      {document.title} {!document.indexed && <Badge tone="note">{t("indexing")}</Badge>}
      <span className={styles.soft} style={{ display: "block", fontWeight: 400 }}>
        {document.filename}
      </span>
      {document.warnings.length > 0 && (
        <details className={styles.warning}>
          <summary>{t("warnings")}</summary>
          <ul className={styles.samples}>
            {document.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

type ActionProps = { document: KnownDocument; can: boolean; onRead: () => void; onRemove: () => void };

function Actions({ document, can, onRead, onRemove }: ActionProps) {
  const t = useKnowledgeTexts();
  const toast = useToast();
  const download = useMutation({ mutationFn: () => downloadDocument(document), onError: toast.failed });
  const named = (action: string) => `${action}: ${document.title}`;
  return (
    <span className={styles.actions}>
      <Button small aria-label={named(t("see_passages"))} onClick={onRead}>
        {t("see_passages")}
      </Button>
      <IconButton small icon="download" label={named(t("download"))} busy={download.isPending} onClick={() => download.mutate()} />
      {can && <IconButton small icon="trash" label={named(t("remove"))} onClick={onRemove} />}
    </span>
  );
}

function Upload() {
  const t = useKnowledgeTexts();
  const toast = useToast();
  const client = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const upload = useMutation({
    mutationFn: uploadDocument,
    onSuccess: (done) => {
      const name = done.title;
      toast.done(done.created ? t("uploaded_done", { name, count: done.passages }) : t("unchanged", { name }));
      void client.invalidateQueries({ queryKey: ["knowledge"] });
    },
    onError: toast.failed,
  });
  return (
    <div className={styles.meta}>
      <input
        ref={input}
        type="file"
        hidden
        accept=".pdf,.docx,.html,.htm,.md,.txt"
        aria-label={t("upload")}
        onChange={({ target }) => {
          const file = target.files?.[0];
          if (file) upload.mutate(file);
          target.value = "";
        }}
      />
      <Button look="main" icon="plus" busy={upload.isPending} onClick={() => input.current?.click()}>
        {t("upload")}
      </Button>
      <span className={styles.soft}>{t("upload_hint")}</span>
    </div>
  );
}

function RemoveDocument({ document, onClose }: { document: KnownDocument; onClose: () => void }) {
  const t = useKnowledgeTexts();
  const toast = useToast();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () =>
      read(llm.DELETE("/v1/knowledge/documents/{document_id}", { params: { path: { document_id: document.id } } })),
    onSuccess: () => {
      toast.done(t("removed"));
      void client.invalidateQueries({ queryKey: ["knowledge"] });
      onClose();
    },
    onError: toast.failed,
  });
  return (
    <Confirm
      title={t("remove_document_title")}
      action={t("remove")}
      look="danger"
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p>{t("remove_document_text", { name: document.title })}</p>
    </Confirm>
  );
}
