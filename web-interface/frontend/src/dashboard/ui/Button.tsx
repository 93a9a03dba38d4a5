import type { ComponentPropsWithRef } from "react";
import { type PanelIconName, PanelIcon } from "./PanelIcon";
import styles from "./Button.module.css";

type Props = ComponentPropsWithRef<"button"> & {
  /** main: the one thing to do here · plain: the others · quiet: in rows and bars · danger: takes something away. */
  look?: "main" | "plain" | "quiet" | "danger";
  small?: boolean;
  busy?: boolean;
  icon?: PanelIconName;
};

export function Button({ look = "plain", small, busy, icon, children, disabled, type, ...rest }: Props) {
  return (
    <button
      type={type ?? "button"}
      className={styles.button}
      data-look={look}
      data-small={small || undefined}
      aria-busy={busy || undefined}
      disabled={disabled ?? busy}
      {...rest}
    >
      {icon && <PanelIcon name={icon} />}
      {children}
    </button>
  );
}

/** A button that shows only an icon. Its label is read aloud and shown as a tip. */
export function IconButton({ label, icon, ...rest }: Omit<Props, "children" | "title"> & { label: string; icon: PanelIconName }) {
  return (
    <Button look="quiet" {...rest} aria-label={label} title={label} data-square="">
      <PanelIcon name={icon} />
    </Button>
  );
}
