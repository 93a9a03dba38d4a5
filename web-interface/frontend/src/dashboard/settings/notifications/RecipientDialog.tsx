import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { complaints, notifications, read } from "../../api/clients";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Dialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Fields";
import { ErrorNotice } from "../../ui/States";
import { useToast } from "../../ui/Toast";
import styles from "../Settings.module.css";
import { NOTIFICATIONS, type Recipient, TOPICS } from "./notifications";
import { useNotificationsTexts } from "./texts";

/** Add a recipient, change one, or take it away. The address of a chat is written, never shown. */
export function RecipientDialog({ recipient, onClose }: { recipient: Recipient | null; onClose: () => void }) {
  const t = useNotificationsTexts();
  const toast = useToast();
  const queries = useQueryClient();
  const form = useId();
  const [isRemoving, setRemoving] = useState(false);
  const [isTried, setTried] = useState(false);
  const [wish, setWish] = useState({
    name: recipient?.name ?? "",
    unit: recipient?.unit ?? "",
    channel: recipient?.channel ?? ("email" as const),
    topics: recipient?.topics ?? [],
    active: recipient?.active ?? true,
  });
  const [address, setAddress] = useState(recipient?.channel === "email" ? recipient.address : "");
  const areas = useQuery({
    queryKey: [...NOTIFICATIONS, "units"],
    queryFn: ({ signal }) => read(complaints.GET("/v1/categories", { signal })),
  });
  const units = new Set(areas.data?.items.flatMap((area) => [area.unit, ...area.children.map((child) => child.unit)]));
  const isChat = wish.channel === "apprise";
  const keeps = recipient?.channel === "apprise" && isChat;
  const finish = (said: string) => {
    void queries.invalidateQueries({ queryKey: NOTIFICATIONS });
    toast.done(said);
    onClose();
  };
  const params = { path: { official_id: recipient?.id ?? "" } };
  const save = useMutation({
    mutationFn: () =>
      recipient
        ? read(
            notifications.PUT("/v1/officials/{official_id}", {
              params,
              body: { ...wish, ...(address || !keeps ? { address } : {}) },
            }),
          )
        : read(notifications.POST("/v1/officials", { body: { ...wish, address } })),
    onSuccess: () => finish(recipient ? t("recipient_saved") : t("recipient_added")),
  });
  const remove = useMutation({
    mutationFn: () => read(notifications.DELETE("/v1/officials/{official_id}", { params })),
    onSuccess: () => finish(t("removed")),
    onError: (error) => toast.failed(error),
  });
  if (isRemoving) {
    return (
      <Confirm
        title={t("remove_title")}
        action={t("remove")}
        look="danger"
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setRemoving(false)}
      >
        <p>{t("remove_text")}</p>
      </Confirm>
    );
  }
  const isEmpty = wish.topics.length === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isEmpty) save.mutate();
  };
  return (
    <Dialog
      title={recipient ? t("recipient_edit") : t("recipient_add")}
      onClose={onClose}
      footer={
        <>
          {recipient && (
            <Button look="danger" icon="trash" onClick={() => setRemoving(true)}>
              {t("remove")}
            </Button>
          )}
          <Button look="main" type="submit" form={form} busy={save.isPending}>
            {t("save")}
          </Button>
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={submit}>
        <TextField
          label={t("name")}
          required
          maxLength={300}
          value={wish.name}
          onChange={({ target }) => setWish({ ...wish, name: target.value })}
        />
        <TextField
          label={t("unit")}
          hint={t("unit_hint")}
          maxLength={200}
          list={`${form}-units`}
          value={wish.unit}
          onChange={({ target }) => setWish({ ...wish, unit: target.value })}
        />
        <datalist id={`${form}-units`}>
          {[...units].map((unit) => (
            <option key={unit} value={unit} />
          ))}
        </datalist>
        <SelectField
          label={t("by")}
          value={wish.channel}
          onChange={({ target }) => {
            setWish({ ...wish, channel: target.value as Recipient["channel"] });
            setAddress("");
          }}
        >
          <option value="email">{t("by_email")}</option>
          <option value="apprise">{t("by_apprise")}</option>
        </SelectField>
        <TextField
          label={isChat ? t("chat_address") : t("address")}
          hint={keeps ? t("chat_kept", { address: recipient.address }) : isChat ? t("chat_hint") : undefined}
          type={isChat ? "text" : "email"}
          required={!keeps}
          minLength={3}
          maxLength={500}
          value={address}
          onChange={({ target }) => setAddress(target.value)}
        />
        <fieldset aria-describedby={isTried && isEmpty ? `${form}-topics` : undefined}>
          <legend>{t("topics")}</legend>
          {isTried && isEmpty && (
            <p id={`${form}-topics`} role="alert">
              {t("topics_missing")}
            </p>
          )}
          {TOPICS.map((topic) => (
            <div key={topic}>
              <label>
                <input
                  type="checkbox"
                  checked={wish.topics.includes(topic)}
                  onChange={({ target }) =>
                    setWish({
                      ...wish,
                      topics: TOPICS.filter((each) => (each === topic ? target.checked : wish.topics.includes(each))),
                    })
                  }
                />{" "}
                {t(`topic_${topic}`)}
              </label>
            </div>
          ))}
        </fieldset>
        <label>
          <input
            type="checkbox"
            checked={wish.active}
            onChange={({ target }) => setWish({ ...wish, active: target.checked })}
          />{" "}
          {t("active")}
        </label>
      </form>
      {save.error && <ErrorNotice error={save.error} title={t("failed")} />}
    </Dialog>
  );
}
