import { useDeferredValue, useState } from "react";
import type { Guide } from "@/shared/api/schemas";
import { Icon } from "@/shared/ui/Icon";
import { Notice } from "@/shared/ui/Notice";
import { fill, matches } from "@/shared/ui/text";
import texts from "../texts/es-CL.json";
import { ProcedureCard } from "./ProcedureCard";
import cards from "./Cards.module.css";
import styles from "./Procedures.module.css";

export function Procedures({ guide }: { guide: Guide }) {
  const [query, setQuery] = useState("");
  const wanted = useDeferredValue(query.trim());
  const officeNames = new Map(guide.offices.map((office) => [office.id, office.name]));
  const procedures = guide.procedures.map((procedure) => ({
    procedure,
    offices: procedure.office_ids.flatMap((id) => officeNames.get(id) ?? []),
  }));
  const found = procedures.filter(({ procedure: { name, description, required_papers }, offices }) =>
    matches(wanted, [name, description, ...required_papers, ...offices].join(" ")),
  );

  if (procedures.length === 0) return <Notice title={texts.procedures_empty} />;
  return (
    <>
      <search className={styles.search}>
        <label htmlFor="procedure-search">{texts.search_label}</label>
        <div className={styles.field}>
          <Icon name="search" />
          <input
            id="procedure-search"
            type="text"
            inputMode="search"
            autoComplete="off"
            placeholder={texts.search_placeholder}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            onKeyDown={(event) => event.key === "Escape" && setQuery("")}
          />
          {query && (
            <button type="button" aria-label={texts.search_clear} onClick={() => setQuery("")}>
              <Icon name="close" />
            </button>
          )}
        </div>
        <p role="status" className={styles.count}>
          {found.length === 1 ? texts.found_one : fill(texts.found_many, { count: found.length })}
        </p>
      </search>
      {found.length > 0 ? (
        <ul className={cards.grid}>
          {found.map(({ procedure, offices }) => (
            <li key={procedure.id}>
              <ProcedureCard procedure={procedure} offices={offices} />
            </li>
          ))}
        </ul>
      ) : (
        <Notice
          title={fill(texts.found_none, { query: wanted })}
          action={
            <button className="button" type="button" data-munbot-open={fill(texts.found_none_message, { query: wanted })}>
              {fill(texts.found_none_ask, { query: wanted })}
            </button>
          }
        >
          {texts.found_none_text}
        </Notice>
      )}
    </>
  );
}
