import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { applyTheme } from "@/app/theme";
import { Notice } from "@/shared/ui/Notice";
import type { Account } from "./api/schemas";
import { accountsQuery, removePhone } from "./api/simulator";
import { FaultPanel } from "./components/FaultPanel";
import { SimIcon } from "./components/icons";
import { Phone } from "./components/Phone";
import { useTalk } from "./hooks/useTalk";
import { loadPhones, MAX_PHONES, newName, newNumber, type SavedPhone, savePhones } from "./phones";
import texts from "./texts/es-CL.json";
import styles from "./SimulatorPage.module.css";

const COLORS = { primary: "#0d7466", secondary: "#d9a441" };

export default function SimulatorPage() {
  const { data, error, isFetching, refetch } = useQuery(accountsQuery);
  useEffect(() => applyTheme(COLORS), []);
  return (
    <div className={styles.page}>
      <title>{texts.title}</title>
      <a className="skip-link" href="#telefonos">
        {texts.skip}
      </a>
      <header className={styles.header}>
        <div className={styles.heading}>
          <h1>{texts.title}</h1>
          <a href="/">{texts.back}</a>
        </div>
        <p>{texts.intro}</p>
      </header>
      <main>
        {data && <Desk accounts={data.items} />}
        {!data && error && (
          <Notice
            title={texts.away_title}
            tone="alert"
            heading="h2"
            action={
              <button className="button" type="button" disabled={isFetching} onClick={() => void refetch()}>
                {texts.retry}
              </button>
            }
          >
            {texts.away_text}
          </Notice>
        )}
        {!data && !error && <p role="status">{texts.loading}</p>}
      </main>
    </div>
  );
}

function Desk({ accounts }: { accounts: Account[] }) {
  const fresh = (known: SavedPhone[], account: string): SavedPhone => ({
    number: newNumber(),
    name: newName(texts.names, known),
    account,
  });
  const [phones, setPhones] = useState<SavedPhone[]>(() => {
    const known = loadPhones(window.localStorage);
    if (known) return known.map((phone) => withAccount(phone, accounts));
    const [first] = accounts;
    if (!first) return [];
    const one = fresh([], first.slug);
    return [one, fresh([one], (accounts[1] ?? first).slug)];
  });
  const { talk, isOnline, add } = useTalk(phones);
  useEffect(() => savePhones(window.localStorage, phones), [phones]);

  const change = (changed: SavedPhone) =>
    setPhones((now) => now.map((phone) => (phone.number === changed.number ? changed : phone)));
  function remove(number: string) {
    setPhones((now) => now.filter((phone) => phone.number !== number));
    void removePhone(number).catch(() => undefined);
  }

  return (
    <div className={styles.desk}>
      <section id="telefonos" tabIndex={-1} className={styles.talks} aria-labelledby="telefonos-titulo">
        <div className={styles.bar}>
          <h2 id="telefonos-titulo">{texts.phones}</h2>
          <button
            className="button"
            type="button"
            disabled={phones.length >= MAX_PHONES}
            onClick={() => setPhones((now) => [...now, fresh(now, accounts[0]?.slug ?? "")])}
          >
            <SimIcon name="plus" size="1.25rem" />
            {texts.add_phone}
          </button>
        </div>
        {!isOnline && (
          <p className={styles.offline} role="status">
            {texts.reconnecting}
          </p>
        )}
        {phones.length === 0 && <p className={styles.none}>{texts.no_phones}</p>}
        <ul className={styles.phones}>
          {phones.map((phone) => (
            <li key={phone.number}>
              <Phone
                phone={phone}
                accounts={accounts}
                talk={talk}
                add={add}
                onChange={change}
                onRemove={() => remove(phone.number)}
              />
            </li>
          ))}
        </ul>
      </section>
      <FaultPanel />
    </div>
  );
}

/** An office that is no longer there is replaced by the first. */
function withAccount(phone: SavedPhone, accounts: Account[]): SavedPhone {
  if (accounts.some((account) => account.slug === phone.account)) return phone;
  return { ...phone, account: accounts[0]?.slug ?? phone.account };
}
