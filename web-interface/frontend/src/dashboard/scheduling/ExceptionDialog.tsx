import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useId, useState } from "react";
import { useLocation } from "wouter";
import { Button } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { Dialog } from "../ui/Dialog";
import { SelectField, TextField } from "../ui/Fields";
import { ErrorNotice } from "../ui/States";
import { useToast } from "../ui/Toast";
import { type Exception, officesQuery } from "./catalogue";
import styles from "./ExceptionDialog.module.css";
import { addException, changeException, type ExceptionBody, removeException } from "./exceptions";
import { fieldErrors } from "./fieldErrors";
import { useSchedulingTexts } from "./texts";
import { useRequestKey } from "./useRequestKey";

type Props = {
  /** The one to change; null for a new one. */
  exception: Exception | null;
  /** Where a new one begins. */
  day: string;
  officeId?: string;
  onClose: () => void;
};

/** Close an office for some days or hours, or open it when it would not be. */
export function ExceptionDialog({ exception, day, officeId = "", onClose }: Props) {
  const t = useSchedulingTexts();
  const form = useId();
  const toast = useToast();
  const client = useQueryClient();
  const keyOf = useRequestKey();
  const [, go] = useLocation();
  const offices = useQuery(officesQuery).data ?? [];
  const [wish, setWish] = useState<ExceptionBody>({
    kind: exception?.kind === "open" ? "open" : "closed",
    office_id: exception ? exception.office_id : officeId || null,
    first_day: exception?.first_day ?? day,
    last_day: exception?.last_day ?? day,
    opens: exception?.opens ?? null,
    closes: exception?.closes ?? null,
    step: exception?.step ?? 15,
    capacity: exception?.capacity ?? 1,
    reason: exception?.reason ?? "",
  });
  const [isRemoving, setRemoving] = useState(false);
  const asked = () => client.invalidateQueries({ queryKey: ["catalogue"] });
  const put = (changes: Partial<ExceptionBody>) => setWish((before) => ({ ...before, ...changes }));

  const saving = useMutation({
    mutationFn: (body: ExceptionBody) => (exception ? changeException(exception, body) : addException(body, keyOf(body))),
    onSuccess: async (saved) => {
      await asked();
      if (saved.affected > 0) return;
      toast.done(t("saved"));
      onClose();
    },
  });
  const removing = useMutation({
    mutationFn: removeException,
    onSuccess: async () => {
      await asked();
      toast.done(t("removed"));
      onClose();
    },
  });
  const wrong = fieldErrors(saving.error);
  const failed = removing.error ?? saving.error;
  const isWholeDay = wish.opens === null && wish.kind === "closed";

  if (saving.data && saving.data.affected > 0) {
    const { affected, first_day: first, office_id: office } = saving.data;
    const address = `/agenda?vista=dia&fecha=${first}&oficina=${office ?? ""}`;
    return (
      <Dialog
        title={t("affected_title")}
        width="small"
        onClose={onClose}
        footer={
          <>
            <Button
              onClick={() => {
                onClose();
                go(address);
              }}
            >
              {t("affected_go")}
            </Button>
            <Button look="main" onClick={onClose}>
              {t("understood")}
            </Button>
          </>
        }
      >
        <p>{t("affected", { count: affected })}</p>
      </Dialog>
    );
  }
  if (isRemoving && exception) {
    return (
      <Confirm
        title={t("remove")}
        action={t("remove_really")}
        look="danger"
        busy={removing.isPending}
        onConfirm={() => removing.mutate(exception)}
        onClose={() => setRemoving(false)}
      >
        <p>{t("remove_question")}</p>
        {removing.error && <ErrorNotice error={removing.error} title={t("not_saved")} />}
      </Confirm>
    );
  }
  return (
    <Dialog
      title={exception ? t("edit_exception") : t("new_exception")}
      onClose={onClose}
      footer={
        <>
          {exception && (
            <Button look="danger" onClick={() => setRemoving(true)}>
              {t("remove")}
            </Button>
          )}
          <Button onClick={onClose}>{t("discard")}</Button>
          <Button look="main" type="submit" form={form} busy={saving.isPending}>
            {t("save")}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={styles.form}
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          saving.mutate(wish);
        }}
      >
        <SelectField
          label={t("kind")}
          value={wish.kind}
          onChange={({ target }) =>
            put(target.value === "open" ? { kind: "open", opens: wish.opens ?? "09:00", closes: wish.closes ?? "13:00" } : { kind: "closed" })
          }
        >
          <option value="closed">{t("kind_closed")}</option>
          <option value="open">{t("kind_open")}</option>
        </SelectField>
        <SelectField
          label={t("office")}
          required={wish.kind === "open"}
          value={wish.office_id ?? ""}
          onChange={({ target }) => put({ office_id: target.value || null })}
        >
          <option value="">{wish.kind === "open" ? t("choose_office") : t("all_offices")}</option>
          {offices.map((office) => (
            <option key={office.id} value={office.id}>
              {office.name}
            </option>
          ))}
        </SelectField>
        <div className={styles.pair}>
          <TextField
            type="date"
            label={t("first_day")}
            required
            value={wish.first_day}
            onChange={({ target: { value } }) => put({ first_day: value, ...(wish.last_day < value && { last_day: value }) })}
          />
          <TextField
            type="date"
            label={t("last_day")}
            required
            min={wish.first_day}
            value={wish.last_day}
            error={wrong.last_day}
            onChange={({ target }) => put({ last_day: target.value })}
          />
        </div>
        {wish.kind === "closed" && (
          <label className={styles.check}>
            <input
              type="checkbox"
              checked={isWholeDay}
              onChange={({ target }) =>
                put(target.checked ? { opens: null, closes: null } : { opens: "09:00", closes: "13:00" })
              }
            />
            {t("whole_day")}
          </label>
        )}
        {!isWholeDay && (
          <div className={styles.pair}>
            <TextField
              type="time"
              label={t("opens")}
              required
              value={wish.opens ?? ""}
              onChange={({ target }) => put({ opens: target.value })}
            />
            <TextField
              type="time"
              label={t("closes")}
              required
              value={wish.closes === "24:00" ? "23:59" : (wish.closes ?? "")}
              onChange={({ target }) => put({ closes: target.value })}
            />
          </div>
        )}
        {wish.kind === "open" && (
          <div className={styles.pair}>
            <TextField
              type="number"
              label={t("capacity")}
              required
              min={1}
              max={200}
              value={wish.capacity}
              onChange={({ target }) => put({ capacity: target.valueAsNumber || 1 })}
            />
            <TextField
              type="number"
              label={t("step")}
              required
              min={5}
              max={240}
              value={wish.step}
              onChange={({ target }) => put({ step: target.valueAsNumber || 5 })}
            />
          </div>
        )}
        <TextField
          label={t("reason")}
          hint={t("reason_hint")}
          maxLength={200}
          value={wish.reason}
          error={wrong.reason}
          onChange={({ target }) => put({ reason: target.value })}
        />
        {failed && <ErrorNotice error={failed} title={t("not_saved")} />}
      </form>
    </Dialog>
  );
}
