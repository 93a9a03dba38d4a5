import { useMutation } from "@tanstack/react-query";
import { type ChangeEvent, useRef } from "react";
import { ApiError } from "@/shared/api/problem";
import { useCan } from "../session/store";
import { Button } from "../ui/Button";
import { Card } from "../ui/Page";
import { useToast } from "../ui/Toast";
import { addressOf, MAX_BYTES, TYPES, upload } from "./attachments";
import { useChange } from "./changes";
import { ConflictDialog } from "./ConflictDialog";
import type { Complaint } from "./data";
import styles from "./Detail.module.css";
import { useComplaintsTexts } from "./texts";

export function Attachments({ complaint }: { complaint: Complaint }) {
  const t = useComplaintsTexts();
  const toast = useToast();
  const can = useCan()("agent");
  const show = useMutation({
    mutationFn: addressOf,
    onSuccess: openFile,
    onError: toast.failed,
  });
  return (
    <Card title={t("attachments")} actions={can && <Add complaint={complaint} />}>
      {complaint.attachments.length === 0 && <p className={styles.soft}>{t("attachments_none")}</p>}
      <ul className={styles.files}>
        {complaint.attachments.map((file) => (
          <li key={file.id}>
            <Button small look="quiet" icon="file" busy={show.isPending && show.variables === file.id} onClick={() => show.mutate(file.id)}>
              {file.filename}
            </Button>
            <span className={styles.soft}>{size(file.size)}</span>
          </li>
        ))}
      </ul>
      {can && <p className={styles.soft}>{t("attach_hint")}</p>}
    </Card>
  );
}

function Add({ complaint }: { complaint: Complaint }) {
  const t = useComplaintsTexts();
  const toast = useToast();
  const input = useRef<HTMLInputElement>(null);
  const change = useChange(complaint, () => undefined);
  const add = useMutation({
    mutationFn: async (file: File) => {
      if (!TYPES.some((type) => type === file.type)) throw new ApiError("invalid", "attachment_type", t("attach_type"));
      if (file.size > MAX_BYTES) throw new ApiError("invalid", "attachment_size", t("attach_size"));
      return upload(file);
    },
    onSuccess: (id, file) => {
      change.change({ verb: "attachments", body: { attachment_ids: [id] } });
      toast.done(t("attach_done", { name: file.name }));
    },
    onError: toast.failed,
  });
  const choose = ({ target }: ChangeEvent<HTMLInputElement>) => {
    const file = target.files?.[0];
    if (file) add.mutate(file);
    target.value = "";
  };
  return (
    <>
      <input ref={input} type="file" hidden accept={TYPES.join(",")} aria-label={t("attach")} onChange={choose} />
      <Button small icon="clip" busy={add.isPending || change.busy} onClick={() => input.current?.click()}>
        {t("attach")}
      </Button>
      <ConflictDialog seen={complaint} change={change} onLeave={() => undefined} />
    </>
  );
}

function openFile(url: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.click();
}

function size(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
