import { type ReactNode, type SyntheticEvent, useEffect, useId, useRef } from "react";
import { IconButton } from "./Button";
import styles from "./Dialog.module.css";
import { useUiTexts } from "./texts";

type Props = {
  title: string;
  /** Called when the person closes it (button, Escape, outside). The owner then stops rendering it. */
  onClose: () => void;
  children: ReactNode;
  /** Buttons at the bottom. Inside a form, put the form around with `formId` and a submit button with `form={formId}`. */
  footer?: ReactNode;
  width?: "small" | "medium" | "large";
  /** "side": a drawer at the edge. */
  place?: "middle" | "side" | "start";
};

/** A modal <dialog>: render it to open it, stop rendering it to close it. Focus goes back to where it was by itself. */
export function Dialog({ title, onClose, children, footer, width = "medium", place = "middle" }: Props) {
  const t = useUiTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    if (element && !element.open) element.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events -- Escape is the dialog's own
    <dialog
      ref={dialog}
      className={styles.dialog}
      data-width={width}
      data-place={place}
      aria-labelledby={id}
      onCancel={(event: SyntheticEvent) => {
        if (event.target !== dialog.current) return;
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className={styles.inside}>
        <div className={styles.head}>
          <h2 id={id}>{title}</h2>
          <IconButton label={t("close")} icon="close" onClick={onClose} />
        </div>
        <div className={styles.body}>{children}</div>
        {footer && <div className={styles.foot}>{footer}</div>}
      </div>
    </dialog>
  );
}
