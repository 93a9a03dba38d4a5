import { useRef } from "react";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Fields";
import { useToast } from "../../ui/Toast";
import styles from "../Settings.module.css";
import { useWebhooksTexts } from "./texts";

/** The one time that a secret can be read. */
export function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  const t = useWebhooksTexts();
  const toast = useToast();
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(secret);
      toast.done(t("copied"));
    } catch {
      toast.failed(new Error(t("copy_failed"))); // no permission, or no https
    }
  };
  return (
    <Dialog
      title={t("secret_title")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={() => void copy()}>{t("copy")}</Button>
          <Button look="main" onClick={onClose}>
            {t("ready")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <TextField ref={field} label={t("secret")} hint={t("secret_hint")} readOnly className={styles.code} value={secret} />
      </div>
    </Dialog>
  );
}
