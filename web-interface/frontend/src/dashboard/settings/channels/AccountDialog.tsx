import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { newKey, read, whatsapp } from "../../api/clients";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Fields";
import { ErrorNotice } from "../../ui/States";
import { useToast } from "../../ui/Toast";
import styles from "../Settings.module.css";
import { type Account, CREDENTIALS, type Provider, PROVIDER_IDS, PROVIDERS } from "./providers";
import { useChannelsTexts } from "./texts";

/** Connect a number, or change one. */
export function AccountDialog({ account, onClose }: { account: Account | null; onClose: () => void }) {
  const t = useChannelsTexts();
  const toast = useToast();
  const queries = useQueryClient();
  const form = useId();
  const [key] = useState(newKey);
  const [name, setName] = useState(account?.name ?? "");
  const [slug, setSlug] = useState(account?.slug ?? "");
  const [provider, setProvider] = useState<Provider>(account?.provider ?? "meta");
  const [reference, setReference] = useState(account?.provider_ref ?? "");
  const [baseUrl, setBaseUrl] = useState(account?.base_url ?? "");
  const [active, setActive] = useState(account?.active ?? true);
  const [secrets, setSecrets] = useState<Record<string, string>>({});
  const save = useMutation({
    mutationFn: () => {
      const credentials = Object.fromEntries(Object.entries(secrets).filter(([, value]) => value));
      if (account) {
        const body = { name, active, base_url: baseUrl || null, ...(Object.keys(credentials).length ? { credentials } : {}) };
        return read(
          whatsapp.PATCH("/v1/accounts/{slug}", {
            params: { path: { slug: account.slug }, header: { "If-Match": `"${account.version}"` } },
            body,
          }),
        );
      }
      const body = { slug, name, provider, provider_ref: reference, base_url: baseUrl || null, credentials, options: {} };
      return read(whatsapp.POST("/v1/accounts", { params: { header: { "Idempotency-Key": key } }, body }));
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["settings", "channels"] });
      toast.done(account ? t("saved") : t("added"));
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const isKnown = account !== null;
  return (
    <Dialog
      title={isKnown ? t("edit_title") : t("add")}
      onClose={onClose}
      footer={
        <Button look="main" type="submit" form={form} busy={save.isPending}>
          {t("save")}
        </Button>
      }
    >
      <form id={form} className={styles.form} onSubmit={submit}>
        <TextField label={t("name")} required maxLength={120} value={name} onChange={(event) => setName(event.target.value)} />
        {!isKnown && (
          <>
            <TextField
              label={t("slug")}
              hint={t("slug_hint")}
              required
              pattern="[a-z0-9][a-z0-9\-]{1,59}"
              value={slug}
              onChange={(event) => setSlug(event.target.value)}
            />
            <SelectField
              label={t("provider")}
              value={provider}
              onChange={(event) => setProvider(event.target.value as Provider)}
            >
              {PROVIDER_IDS.map((id) => (
                <option key={id} value={id}>
                  {PROVIDERS[id]}
                </option>
              ))}
            </SelectField>
            <TextField
              label={t("provider_ref")}
              hint={t(`provider_ref_${provider}`)}
              required
              maxLength={120}
              value={reference}
              onChange={(event) => setReference(event.target.value)}
            />
          </>
        )}
        <TextField
          label={t("base_url")}
          hint={t("base_url_hint")}
          type="url"
          maxLength={300}
          value={baseUrl}
          onChange={(event) => setBaseUrl(event.target.value)}
        />
        <fieldset>
          <legend>{t("credentials")}</legend>
          <p className={styles.soft}>{t("credentials_hint")}</p>
          {CREDENTIALS[provider].map((each) => (
            <TextField
              key={each}
              label={each}
              type="password"
              autoComplete="off"
              required={!isKnown}
              maxLength={2000}
              value={secrets[each] ?? ""}
              onChange={(event) => setSecrets((now) => ({ ...now, [each]: event.target.value }))}
            />
          ))}
        </fieldset>
        {isKnown && (
          <label>
            <input type="checkbox" checked={active} onChange={(event) => setActive(event.target.checked)} /> {t("active")}
          </label>
        )}
      </form>
      {save.error && <ErrorNotice error={save.error} title={t("failed")} />}
    </Dialog>
  );
}
