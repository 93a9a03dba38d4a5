import { Icon, type IconName } from "@/shared/ui/Icon";
import texts from "../texts/es-CL.json";
import styles from "./QuickActions.module.css";

const ACTIONS: readonly [keyof typeof texts.actions, IconName][] = [
  ["book", "calendar"],
  ["complain", "megaphone"],
  ["follow", "track"],
  ["change", "swap"],
  ["list", "list"],
];

/** The five errands, as the numbered paper of a counter. Each one begins a conversation with its own first message. */
export function QuickActions() {
  return (
    <section className={`page-width ${styles.section}`} aria-labelledby="actions-title">
      <h2 id="actions-title" className="visually-hidden">
        {texts.actions_title}
      </h2>
      <ul className={styles.ticket}>
        {ACTIONS.map(([name, icon]) => {
          const { title, hint, message } = texts.actions[name];
          return (
            <li key={name}>
              <button type="button" data-munbot-open={message}>
                <Icon name={icon} size="1.875rem" />
                <span>
                  <span className={styles.title}>{title}</span>
                  <span className={styles.hint}>{hint}</span>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
