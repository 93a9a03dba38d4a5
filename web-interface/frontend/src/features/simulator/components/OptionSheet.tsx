import type { OptionList } from "../api/schemas";
import texts from "../texts/es-CL.json";
import { Sheet } from "./Sheet";
import styles from "./Sheet.module.css";

type Props = { options: OptionList; onChoose: (id: string) => void; onClose: () => void };

export function OptionSheet({ options, onChoose, onClose }: Props) {
  return (
    <Sheet title={options.button || texts.list_title} onClose={onClose}>
      {options.sections.map((section, index) => (
        <section key={index} aria-label={section.title || options.button}>
          {section.title && <h4 className={styles.section}>{section.title}</h4>}
          <ul>
            {section.rows.map((row) => (
              <li key={row.id}>
                <button type="button" className={styles.option} onClick={() => onChoose(row.id)}>
                  {row.title}
                  {row.description && <small>{row.description}</small>}
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Sheet>
  );
}
