import type { Ref } from "react";
import { useChat } from "../context";
import { ChatIcon, CloseIcon } from "./icons";

interface LauncherProps {
  ref: Ref<HTMLButtonElement>;
  open: boolean;
  unread: number;
  onToggle: () => void;
}

/** The round button in the page's corner, with the count of unread messages. */
export function Launcher({ ref, open, unread, onToggle }: LauncherProps) {
  const { t } = useChat();
  const closed =
    unread === 0
      ? t("chat.launch")
      : unread === 1
        ? t("chat.launch_unread_one")
        : t("chat.launch_unread_many", { count: unread });
  return (
    <button
      ref={ref}
      type="button"
      className="mb-launcher"
      aria-label={open ? t("chat.close") : closed}
      aria-expanded={open}
      onClick={onToggle}
    >
      {open ? <CloseIcon /> : <ChatIcon />}
      {!open && unread > 0 && (
        <span className="mb-badge" aria-hidden="true">
          {unread > 9 ? "9+" : unread}
        </span>
      )}
    </button>
  );
}
