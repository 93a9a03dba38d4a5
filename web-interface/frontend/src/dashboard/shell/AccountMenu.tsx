import { useState } from "react";
import { useLocation } from "wouter";
import { endSession, type Me } from "../session/store";
import { Badge } from "../ui/Badge";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { SelectField } from "../ui/Fields";
import { PanelIcon } from "../ui/PanelIcon";
import styles from "./AccountMenu.module.css";
import { type Language, LANGUAGES, setLanguage, useLanguage } from "./i18n";
import { PasswordDialog } from "./PasswordDialog";
import { LOGIN_PATH } from "./routes";
import { useShellTexts } from "./texts";
import { setTheme, type ThemeChoice, THEMES, useThemeChoice } from "./theme";

/** Who is logged in, and what that person chooses for this device. */
export function AccountMenu({ me }: { me: Me }) {
  const t = useShellTexts();
  const [open, setOpen] = useState<"account" | "password" | null>(null);
  return (
    <>
      <button type="button" className={styles.opener} aria-haspopup="dialog" onClick={() => setOpen("account")}>
        <PanelIcon name="person" size="1.4rem" />
        <span className={styles.name}>{me.name}</span>
        <span className="visually-hidden">: {t("account")}</span>
      </button>
      {open === "account" && <Account me={me} onClose={() => setOpen(null)} onPassword={() => setOpen("password")} />}
      {open === "password" && <PasswordDialog onClose={() => setOpen(null)} />}
    </>
  );
}

function Account({ me, onClose, onPassword }: { me: Me; onClose: () => void; onPassword: () => void }) {
  const t = useShellTexts();
  const theme = useThemeChoice();
  const language = useLanguage();
  const [, navigate] = useLocation();
  const leave = () => {
    endSession("left");
    navigate(LOGIN_PATH);
  };
  return (
    <Dialog title={t("account")} place="side" onClose={onClose}>
      <div>
        <p className={styles.fullName}>{me.name}</p>
        <p className={styles.mail}>{me.email}</p>
        <Badge tone="info">{t(`role_${me.role}`)}</Badge>
      </div>
      <SelectField label={t("theme")} value={theme} onChange={(event) => setTheme(event.target.value as ThemeChoice)}>
        {THEMES.map((choice) => (
          <option key={choice} value={choice}>
            {t(`theme_${choice}`)}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t("language")}
        value={language}
        onChange={(event) => setLanguage(event.target.value as Language)}
      >
        {LANGUAGES.map((choice) => (
          <option key={choice} value={choice} lang={choice}>
            {t(`language_${choice}`)}
          </option>
        ))}
      </SelectField>
      <Button icon="key" onClick={onPassword}>
        {t("change_password")}
      </Button>
      <Button icon="leave" onClick={leave}>
        {t("leave")}
      </Button>
    </Dialog>
  );
}
