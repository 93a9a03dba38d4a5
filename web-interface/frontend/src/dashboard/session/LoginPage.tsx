import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { applyTheme } from "@/app/theme";
import { tenantQuery, tenantsQuery } from "@/shared/api/queries";
import { DEFAULT_TENANT, pathTo } from "@/shared/ui/navigation";
import { useShellTexts } from "../shell/texts";
import { Button } from "../ui/Button";
import { SelectField, TextField } from "../ui/Fields";
import { ErrorNotice } from "../ui/States";
import { logIn } from "./auth";
import styles from "./LoginPage.module.css";
import { endReason } from "./store";

const KEY = "munbot.panel.office";

function lastOffice(): string {
  try {
    return window.localStorage.getItem(KEY) ?? DEFAULT_TENANT;
  } catch {
    return DEFAULT_TENANT;
  }
}

function rememberOffice(tenant: string): void {
  try {
    window.localStorage.setItem(KEY, tenant);
  } catch {
    // It is chosen again next time.
  }
}

/** The log-in. Who is logged in sees the page that the address names, so one comes back to where one was. */
export function LoginPage() {
  const t = useShellTexts();
  const offices = useQuery(tenantsQuery);
  const [tenant, setTenant] = useState(lastOffice);
  const colors = useQuery(tenantQuery(tenant)).data?.colors;
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  const enter = useMutation({
    mutationFn: () => logIn(tenant, email.trim(), password),
    onSuccess: () => rememberOffice(tenant),
    onError: () => setPassword(""),
  });
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    if (colors) applyTheme(colors);
  }, [colors]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  const isExpired = endReason() === "expired";
  const items = offices.data?.items ?? [{ id: tenant, name: tenant }];

  return (
    <main className={styles.page}>
      <title>{`${t("login_title")} · Munbot`}</title>
      <div className={styles.card}>
        <h1 ref={heading} tabIndex={-1}>
          {isExpired ? t("expired_title") : t("login_title")}
        </h1>
        {isExpired && <p role="status">{t("expired_text")}</p>}
        <form className={styles.form} onSubmit={submit}>
          <SelectField label={t("login_office")} value={tenant} onChange={(event) => setTenant(event.target.value)}>
            {items.map((office) => (
              <option key={office.id} value={office.id}>
                {office.name}
              </option>
            ))}
          </SelectField>
          <TextField
            label={t("login_email")}
            type="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
          <TextField
            label={t("login_password")}
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
          {enter.error && <ErrorNotice error={enter.error} title={t("login_failed")} />}
          <Button look="main" type="submit" busy={enter.isPending}>
            {enter.isPending ? t("login_busy") : t("login_submit")}
          </Button>
        </form>
        <p>
          <a href={pathTo(tenant, "home")}>{t("citizens_site")}</a>
        </p>
      </div>
    </main>
  );
}
