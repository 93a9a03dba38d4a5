import type { ReactNode } from "react";
import { Icon } from "./Icon";
import styles from "./Notice.module.css";

type Props = { title: string; children?: ReactNode; action?: ReactNode; tone?: "plain" | "alert"; heading?: "h1" | "h2" | "h3" };

/** A state that takes the place of content: nothing found, nothing there, nobody answered. */
export function Notice({ title, children, action, tone = "plain", heading: Heading = "h3" }: Props) {
  return (
    <div className={styles.notice} data-tone={tone} role={tone === "alert" ? "alert" : undefined}>
      {tone === "alert" && <Icon name="warning" size="1.75rem" />}
      <div>
        <Heading className={styles.title}>{title}</Heading>
        {children && <div className={styles.text}>{children}</div>}
        {action && <div className={styles.action}>{action}</div>}
      </div>
    </div>
  );
}
