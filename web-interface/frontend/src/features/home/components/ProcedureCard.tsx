import type { GuideProcedure } from "@/shared/api/schemas";
import { Icon, type IconName } from "@/shared/ui/Icon";
import { fill } from "@/shared/ui/text";
import texts from "../texts/es-CL.json";
import cards from "./Cards.module.css";
import styles from "./ProcedureCard.module.css";

type Props = { procedure: GuideProcedure; offices: string[] };

export function ProcedureCard({ procedure, offices }: Props) {
  const { name, description, duration_minutes, price_text, required_papers } = procedure;
  return (
    <article className={cards.card}>
      <h3>{name}</h3>
      {description && <p className={cards.description}>{description}</p>}
      <dl className={cards.facts}>
        {duration_minutes !== null && (
          <Fact icon="clock" term={texts.duration} value={fill(texts.minutes, { count: duration_minutes })} />
        )}
        {price_text && <Fact icon="coin" term={texts.price} value={price_text} />}
        {offices.length > 0 && <Fact icon="pin" term={texts.where} value={offices.join(" · ")} />}
      </dl>
      {required_papers.length > 0 ? (
        <details className={styles.papers}>
          <summary>
            {required_papers.length === 1
              ? texts.papers_one
              : fill(texts.papers_many, { count: required_papers.length })}
            <Icon name="chevron" />
          </summary>
          <ul>
            {required_papers.map((paper) => (
              <li key={paper}>{paper}</li>
            ))}
          </ul>
        </details>
      ) : (
        <p className={styles.noPapers}>{texts.papers_none}</p>
      )}
      <div className={cards.foot}>
        <button
          className="button"
          type="button"
          aria-label={fill(texts.book_for, { name })}
          data-munbot-open={fill(texts.book_message, { name })}
        >
          {texts.book}
        </button>
      </div>
    </article>
  );
}

function Fact({ icon, term, value }: { icon: IconName; term: string; value: string }) {
  return (
    <div>
      <Icon name={icon} />
      <dt className="visually-hidden">{term}</dt>
      <dd>{value}</dd>
    </div>
  );
}
