import type { Guide, GuideOffice } from "@/shared/api/schemas";
import { Icon } from "@/shared/ui/Icon";
import { Notice } from "@/shared/ui/Notice";
import { PhoneLink } from "@/shared/ui/PhoneLink";
import { fill } from "@/shared/ui/text";
import texts from "../texts/es-CL.json";
import cards from "./Cards.module.css";
import styles from "./Offices.module.css";

export function Offices({ guide }: { guide: Guide }) {
  if (guide.offices.length === 0) return <Notice title={texts.offices_empty} />;
  return (
    <ul className={styles.list}>
      {guide.offices.map((office) => (
        <li key={office.id}>
          <Office
            office={office}
            procedures={guide.procedures.filter(({ office_ids }) => office_ids.includes(office.id)).length}
          />
        </li>
      ))}
    </ul>
  );
}

function Office({ office, procedures }: { office: GuideOffice; procedures: number }) {
  const { name, address, hours_text, phone, email } = office;
  return (
    <article className={cards.card}>
      <h3>{name}</h3>
      <dl className={cards.facts}>
        {address && (
          <div>
            <Icon name="pin" />
            <dt className="visually-hidden">{texts.address}</dt>
            <dd>{address}</dd>
          </div>
        )}
        {hours_text && (
          <div>
            <Icon name="clock" />
            <dt className="visually-hidden">{texts.hours}</dt>
            <dd className={styles.hours}>{hours_text.replaceAll("; ", "\n")}</dd>
          </div>
        )}
        {phone && (
          <div>
            <Icon name="phone" />
            <dt className="visually-hidden">{texts.phone}</dt>
            <dd>
              <PhoneLink phone={phone} />
            </dd>
          </div>
        )}
        {email && (
          <div>
            <Icon name="mail" />
            <dt className="visually-hidden">{texts.email}</dt>
            <dd>
              <a href={`mailto:${email}`}>{email}</a>
            </dd>
          </div>
        )}
      </dl>
      {procedures > 0 && (
        <div className={styles.foot}>
          <span>
            {procedures === 1 ? texts.office_procedures_one : fill(texts.office_procedures_many, { count: procedures })}
          </span>
          <button
            className="button"
            data-look="quiet"
            type="button"
            aria-label={fill(texts.office_book_for, { name })}
            data-munbot-open={fill(texts.office_book_message, { name })}
          >
            {texts.office_book}
          </button>
        </div>
      )}
    </article>
  );
}
