import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useId, useState } from "react";
import { type Office, proceduresQuery } from "../../scheduling/catalogue";
import { fieldErrors } from "../../scheduling/fieldErrors";
import { useRequestKey } from "../../scheduling/useRequestKey";
import { Dialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Fields";
import { useTenant } from "../../ui/format";
import { useToast } from "../../ui/Toast";
import styles from "./Catalogue.module.css";
import { addOffice, changeOffice, useCatalogueChange } from "./changes";
import { Choices, FormButtons, FormError, numberOr } from "./parts";
import { REGIONS, ZONES } from "./places";
import { useCatalogueTexts } from "./texts";

const FIELDS = ["code", "name", "address", "phone", "email", "latitude", "longitude"];

/** Add an office, or change one. */
export function OfficeDialog({ office, onClose }: { office: Office | null; onClose: () => void }) {
  const t = useCatalogueTexts();
  const form = useId();
  const toast = useToast();
  const keyOf = useRequestKey();
  const tenantZone = useTenant()?.timezone ?? ZONES[0];
  const procedures = useQuery(proceduresQuery).data?.filter((procedure) => procedure.active) ?? [];
  const [wish, setWish] = useState({
    code: "",
    name: office?.name ?? "",
    address: office?.address ?? "",
    phone: office?.phone ?? "",
    email: office?.email ?? "",
    latitude: office?.latitude?.toString() ?? "",
    longitude: office?.longitude?.toString() ?? "",
    timezone: office?.timezone ?? tenantZone,
    region: office?.region ?? "",
  });
  const [attends, setAttends] = useState<string[] | null>(null);
  const [active, setActive] = useState(office?.active ?? true);

  const saving = useCatalogueChange(
    () => {
      const { code, timezone, ...rest } = wish;
      const body = {
        ...rest,
        phone: rest.phone.trim() || null,
        email: rest.email.trim() || null,
        region: rest.region || null,
        latitude: numberOr(rest.latitude),
        longitude: numberOr(rest.longitude),
      };
      if (office) return changeOffice(office, { ...body, active, ...(attends && { procedure_ids: attends }) });
      const whole = { ...body, code, timezone, procedure_ids: attends ?? [] };
      return addOffice(whole, keyOf(whole));
    },
    (saved) => {
      toast.done(office ? t("saved") : t("added", { name: saved.name }));
      onClose();
    },
  );
  const wrong = fieldErrors(saving.error);
  const put = (name: keyof typeof wish) => ({
    value: wish[name],
    error: wrong[name],
    onChange: ({ target }: { target: { value: string } }) => setWish({ ...wish, [name]: target.value }),
  });
  return (
    <Dialog
      title={office ? t("edit_office", { name: office.name }) : t("add_office")}
      onClose={onClose}
      footer={<FormButtons form={form} busy={saving.isPending} onClose={onClose} />}
    >
      <form
        id={form}
        className={styles.form}
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          saving.mutate(undefined);
        }}
      >
        <TextField label={t("name")} required minLength={2} maxLength={120} {...put("name")} />
        {!office && (
          <TextField
            label={t("code")}
            hint={t("code_hint")}
            required
            maxLength={60}
            pattern="[a-z0-9]+(-[a-z0-9]+)*"
            {...put("code")}
          />
        )}
        <TextField label={t("address")} maxLength={200} {...put("address")} />
        <div className={styles.pair}>
          <TextField label={t("phone")} type="tel" maxLength={30} {...put("phone")} />
          <TextField label={t("email")} type="email" maxLength={254} {...put("email")} />
          <SelectField label={t("timezone")} disabled={office !== null} {...put("timezone")}>
            {[...new Set([wish.timezone, ...ZONES])].map((zone) => (
              <option key={zone}>{zone}</option>
            ))}
          </SelectField>
          <SelectField label={t("region")} hint={t("region_hint")} {...put("region")}>
            <option value="">{t("region_none")}</option>
            {REGIONS.map(([code, name]) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </SelectField>
          <TextField label={t("latitude")} type="number" step="any" min={-90} max={90} {...put("latitude")} />
          <TextField label={t("longitude")} type="number" step="any" min={-180} max={180} {...put("longitude")} />
        </div>
        <Choices
          legend={t("attends")}
          options={procedures}
          chosen={attends ?? office?.procedure_ids ?? []}
          onChange={setAttends}
        />
        {office && (
          <label className={styles.check}>
            <input type="checkbox" checked={active} onChange={({ target }) => setActive(target.checked)} />
            {t("is_active")}
          </label>
        )}
        <FormError error={saving.error} fields={FIELDS} />
      </form>
    </Dialog>
  );
}
