import { useEffect, useId, useState } from "react";
import { Button } from "../../ui/Button";
import { PanelIcon } from "../../ui/PanelIcon";
import { type Filters, VIEWS } from "../api/queries";
import { useInboxTexts } from "../texts";
import styles from "./ConversationList.module.css";

const PAUSE_MS = 250;

type Props = { filters: Filters; onChange: (name: string, value: string | null) => void };

/** What of the conversations is shown. Everything stands in the address: it can be kept and sent to a colleague. */
export function ListFilters({ filters, onChange }: Props) {
  const t = useInboxTexts();
  const id = useId();
  return (
    <div className={styles.filters} role="search">
      <SearchField q={filters.q} onChange={(q) => onChange("q", q)} />
      {filters.contact ? (
        <p className={styles.only}>
          {t("contact_only")}
          <Button small look="quiet" onClick={() => onChange("persona", null)}>
            {t("contact_all")}
          </Button>
        </p>
      ) : (
        <fieldset className={styles.views}>
          <legend className="visually-hidden">{t("view")}</legend>
          {VIEWS.map((view) => (
            <label key={view} data-chosen={filters.view === view || undefined}>
              <input
                type="radio"
                name={`${id}-view`}
                className="visually-hidden"
                checked={filters.view === view}
                onChange={() => onChange("ver", view === "open" ? null : view)}
              />
              {t(`view_${view}`)}
            </label>
          ))}
        </fieldset>
      )}
      <select
        className={styles.channel}
        aria-label={t("channel")}
        value={filters.channel ?? ""}
        onChange={(event) => onChange("canal", event.target.value || null)}
      >
        <option value="">{t("channel_any")}</option>
        <option value="web">{t("channel_web")}</option>
        <option value="whatsapp">{t("channel_whatsapp")}</option>
      </select>
    </div>
  );
}

function SearchField({ q, onChange }: { q: string; onChange: (q: string | null) => void }) {
  const t = useInboxTexts();
  const [typed, setTyped] = useState(q);
  useEffect(() => {
    if (typed.trim() === q) return undefined;
    const timer = window.setTimeout(() => onChange(typed.trim() || null), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [typed, q, onChange]);
  return (
    <div className={styles.search}>
      <PanelIcon name="search" />
      <input
        type="search"
        aria-label={t("search")}
        placeholder={t("search")}
        autoComplete="off"
        maxLength={100}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </div>
  );
}
