import type { ReactNode } from "react";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { useUiTexts } from "./texts";

type Props = {
  title: string;
  children: ReactNode;
  /** The word on the button that does it. */
  action: string;
  look?: "main" | "danger";
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
};

/** Ask before something that one more click does not undo. */
export function Confirm({ title, children, action, look = "main", busy = false, onConfirm, onClose }: Props) {
  const t = useUiTexts();
  return (
    <Dialog
      title={title}
      width="small"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button look={look} busy={busy} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
