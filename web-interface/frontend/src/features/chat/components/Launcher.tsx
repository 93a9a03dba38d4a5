import type { Ref } from "react";
import { useChat } from "../context";
import { ChatIcon } from "./icons";

interface LauncherProps {
  ref: Ref<HTMLButtonElement>;
  open: boolean;
  unread: number;
  onOpen: () => void;
}

/** The round button in the page's corner, with the count of unread messages. The open panel takes its place. */
export function Launcher({ ref, open, unread, onOpen }: LauncherProps) {
  const { t } = useChat();
  const label =
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
      aria-label={label}
      aria-haspopup="dialog"
      hidden={open}
      onClick={onOpen}
    >
      <ChatIcon />
      {unread > 0 && (
        <span className="mb-badge" aria-hidden="true">
          {unread > 9 ? "9+" : unread}
        </span>
      )}
    </button>
  );
}
