import { useCallback, useEffect, useState } from "react";
import { useChat } from "../context";

export interface LoadedFile {
  /** An address of this page for the file's content; null until it has come. */
  url: string | null;
  failed: boolean;
  again: () => void;
}

/** Fetch a bubble's file at once and give it an address, which ends with whoever shows it. */
export function useFile(messageId: string): LoadedFile {
  const { engine } = useChat();
  const [url, setUrl] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let made: string | null = null;
    let gone = false;
    engine.file(messageId, attempt > 0).then(
      (blob) => {
        if (gone) return;
        made = URL.createObjectURL(blob);
        setUrl(made);
      },
      () => {
        if (!gone) setFailed(true);
      },
    );
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [engine, messageId, attempt]);
  const again = useCallback(() => {
    setFailed(false);
    setUrl(null);
    setAttempt((before) => before + 1);
  }, []);
  return { url, failed, again };
}
