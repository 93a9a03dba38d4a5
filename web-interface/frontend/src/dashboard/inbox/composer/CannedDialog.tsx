import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { matches } from "@/shared/ui/text";
import { conversations, read } from "../../api/clients";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Fields";
import { EmptyState, ErrorNotice, LoadingRows } from "../../ui/States";
import { useToast } from "../../ui/Toast";
import { type Canned, cannedQuery, keys } from "../api/queries";
import { useInboxTexts } from "../texts";
import { CannedForm } from "./CannedForm";
import { filled } from "./canned";
import styles from "./Composer.module.css";

type Props = {
  /** The citizen's name, for {nombre}. */
  name: string | null;
  onUse: (text: string) => void;
  onClose: () => void;
};

/** Answers that the office keeps ready: use one, or look after them. */
export function CannedDialog({ name, onUse, onClose }: Props) {
  const t = useInboxTexts();
  const [edited, setEdited] = useState<Canned | "new" | null>(null);
  return (
    <Dialog title={t("canned")} onClose={onClose}>
      {edited ? (
        <CannedForm canned={edited === "new" ? null : edited} onDone={() => setEdited(null)} />
      ) : (
        <CannedList name={name} onUse={onUse} onEdit={setEdited} />
      )}
    </Dialog>
  );
}

type ListProps = Pick<Props, "name" | "onUse"> & { onEdit: (canned: Canned | "new") => void };

function CannedList({ name, onUse, onEdit }: ListProps) {
  const t = useInboxTexts();
  const list = useQuery(cannedQuery);
  const [search, setSearch] = useState("");
  const all = list.data?.items ?? [];
  const found = all.filter((canned) => matches(search, `${canned.title} ${canned.text}`));
  return (
    <>
      {all.length > 0 && (
        <TextField
          label={t("canned_search")}
          type="search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      )}
      {list.isPending && <LoadingRows rows={3} />}
      {list.error && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && found.length === 0 && (
        <EmptyState icon="book" title={t(all.length === 0 ? "canned_empty" : "canned_none")} />
      )}
      <ul className={styles.cannedList}>
        {found.map((canned) => (
          <CannedRow key={canned.id} canned={canned} name={name} onUse={onUse} onEdit={onEdit} />
        ))}
      </ul>
      <div>
        <Button icon="plus" onClick={() => onEdit("new")}>
          {t("canned_new")}
        </Button>
      </div>
    </>
  );
}

function CannedRow({ canned, name, onUse, onEdit }: ListProps & { canned: Canned }) {
  const t = useInboxTexts();
  const toast = useToast();
  const client = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const remove = useMutation({
    mutationFn: () =>
      read(conversations.DELETE("/v1/canned-answers/{canned_id}", { params: { path: { canned_id: canned.id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.canned }),
    onError: toast.failed,
    onSettled: () => setAsked(false),
  });
  return (
    <li className={styles.canned}>
      <div className={styles.cannedWords}>
        <h3>{canned.title}</h3>
        <p>{canned.text}</p>
      </div>
      <div className={styles.cannedActions}>
        <Button small look="main" onClick={() => onUse(filled(canned.text, name))} aria-label={`${t("canned_use")}: ${canned.title}`}>
          {t("canned_use")}
        </Button>
        <Button small icon="edit" onClick={() => onEdit(canned)} aria-label={`${t("canned_edit")}: ${canned.title}`}>
          {t("canned_edit")}
        </Button>
        <Button small icon="trash" onClick={() => setAsked(true)} aria-label={`${t("canned_delete")}: ${canned.title}`}>
          {t("canned_delete")}
        </Button>
      </div>
      {isAsked && (
        <Confirm
          title={t("canned_delete_title")}
          action={t("canned_delete")}
          look="danger"
          busy={remove.isPending}
          onConfirm={() => remove.mutate()}
          onClose={() => setAsked(false)}
        >
          <p>{t("canned_delete_text", { title: canned.title })}</p>
        </Confirm>
      )}
    </li>
  );
}
