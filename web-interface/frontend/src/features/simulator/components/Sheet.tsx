import { type ReactNode, useEffect, useRef } from "react";
import texts from "../texts/es-CL.json";
import { SimIcon } from "./icons";
import styles from "./Sheet.module.css";

type Props = { title: string; onClose: () => void; children: ReactNode };

/** What slides up inside one telephone; the others go on. Escape closes it, and the focus goes back where it was. */
export function Sheet({ title, onClose, children }: Props) {
  const inside = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    inside.current?.querySelector<HTMLElement>("input:not([type=file]), button")?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <>
      <button type="button" className={styles.shade} tabIndex={-1} aria-hidden="true" onClick={onClose} />
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape, wherever the focus is in it */}
      <div
        role="dialog"
        aria-label={title}
        className={styles.sheet}
        onKeyDown={(event) => event.key === "Escape" && onClose()}
      >
        <div className={styles.top}>
          <h3>{title}</h3>
          <button type="button" className={styles.close} aria-label={texts.close} onClick={onClose}>
            <SimIcon name="close" />
          </button>
        </div>
        <div ref={inside} className={styles.inside}>{children}</div>
      </div>
    </>
  );
}
