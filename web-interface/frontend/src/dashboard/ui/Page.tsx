import { type ReactNode, useEffect, useRef } from "react";
import styles from "./Page.module.css";

type Props = {
  title: string;
  /** Buttons beside the title. */
  actions?: ReactNode;
  /** "fill": the page fills the window and its parts scroll (conversations, calendar). */
  layout?: "flow" | "fill";
  children: ReactNode;
};

/** The frame of a page: its heading (focused on arrival), its title in the tab, its actions. */
export function Page({ title, actions, layout = "flow", children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement === null) heading.current?.focus();
  }, []);
  return (
    <div className={styles.page} data-layout={layout}>
      <title>{`${title} · Munbot`}</title>
      <header className={styles.head}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A white area with a border; with a heading, a region of its own. */
export function Card({ title, actions, children }: { title?: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.card} aria-label={title}>
      {title && (
        <header className={styles.cardHead}>
          <h2>{title}</h2>
          {actions}
        </header>
      )}
      {children}
    </section>
  );
}
