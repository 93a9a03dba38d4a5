import { createContext, useContext } from "react";
import type { Translate } from "@/shared/i18n";
import type { ChatEngine } from "./engine/engine";
import type { Tenant } from "./engine/protocol";
import type { ChatStorage } from "./engine/storage";
import type { Dates } from "./format/dates";

export interface ChatContextValue {
  engine: ChatEngine;
  storage: ChatStorage;
  /** Null while its profile has not come, or when it never does: the chat works without. */
  tenant: Tenant | null;
  locale: string;
  t: Translate;
  dates: Dates;
}

export const ChatContext = createContext<ChatContextValue | null>(null);

/** Return what all parts of the widget share. */
export function useChat(): ChatContextValue {
  const value = useContext(ChatContext);
  if (!value) throw new Error("useChat outside of the widget");
  return value;
}
