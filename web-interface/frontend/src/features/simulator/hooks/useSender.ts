import { useState } from "react";
import { ApiError } from "@/shared/api/problem";
import type { Entry } from "../api/schemas";
import { type Outgoing, type OutgoingFile, putPhone, write, writeFile } from "../api/simulator";
import type { SavedPhone } from "../phones";
import texts from "../texts/es-CL.json";

/** Send from one telephone to its office, and say what went wrong. */
export function useSender({ number, name, account }: SavedPhone, add: (entry: Entry) => void) {
  const [error, setError] = useState<string | null>(null);
  const [pending, setPending] = useState(0);

  async function attempt(make: () => Promise<Entry>): Promise<boolean> {
    setPending((count) => count + 1);
    setError(null);
    try {
      // A person may be quicker than the page's first call, and the simulator forgets telephones when it is started anew.
      await putPhone(number, name);
      add(await make());
      return true;
    } catch (failure) {
      setError((failure instanceof ApiError && failure.detail) || texts.send_failed);
      return false;
    } finally {
      setPending((count) => count - 1);
    }
  }
  return {
    error,
    isSending: pending > 0,
    fail: (words: string) => setError(words),
    send: (message: Outgoing) => attempt(() => write(number, account, message)),
    sendFile: (file: OutgoingFile) => attempt(() => writeFile(number, account, file)),
  };
}
