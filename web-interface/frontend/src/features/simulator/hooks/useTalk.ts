import { useCallback, useEffect, useRef, useState } from "react";
import { ChangesSchema, type Entry } from "../api/schemas";
import { API, putPhone } from "../api/simulator";
import type { SavedPhone } from "../phones";
import { EMPTY, merge, type Talk } from "../transcript";

const RETRY_MS = 3_000;
/** The simulator says something every 20 s; a stream that is silent longer is dead, even where nobody closed it. */
const SILENCE_MS = 45_000;

/** Keep up with what arrives on some telephones. They are made, or made anew when the simulator forgot them. */
export function useTalk(phones: SavedPhone[]): { talk: Talk; isOnline: boolean; add: (entry: Entry) => void } {
  const [talk, setTalk] = useState<Talk>(EMPTY);
  const [isOnline, setIsOnline] = useState(true);
  const latest = useRef(phones);
  useEffect(() => {
    latest.current = phones;
  }, [phones]);
  const numbers = phones.map((phone) => phone.number).join(" ");

  useEffect(() => {
    if (!numbers) return;
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = (step: () => void, milliseconds: number) => {
      clearTimeout(timer);
      timer = setTimeout(step, milliseconds);
    };
    let epoch: string | null = null;
    let isOver = false;

    const makePhones = () => Promise.all(latest.current.map(({ number, name }) => putPhone(number, name)));
    const again = () => {
      source?.close();
      setIsOnline(false);
      next(() => void open(), RETRY_MS);
    };
    async function open() {
      try {
        await makePhones();
      } catch {
        if (!isOver) again();
        return;
      }
      if (isOver) return;
      source = new EventSource(`${API}/events?${new URLSearchParams(numbers.split(" ").map((number) => ["phone", number]))}`);
      next(again, SILENCE_MS);
      source.addEventListener("changes", (event: MessageEvent<string>) => {
        next(again, SILENCE_MS);
        setIsOnline(true);
        const now = event.lastEventId.split(":")[0] ?? "";
        if (epoch !== null && epoch !== now) {
          // The simulator was started anew and knows nothing of what is shown.
          setTalk(EMPTY);
          void makePhones().catch(() => undefined);
        }
        epoch = now;
        const news = ChangesSchema.safeParse(JSON.parse(event.data));
        if (news.success) setTalk((known) => merge(known, news.data));
      });
      source.onerror = () => {
        // A lost connection is taken up again by the browser; one that was refused is not.
        if (source?.readyState === EventSource.CLOSED) again();
        else {
          next(again, SILENCE_MS);
          setIsOnline(false);
        }
      };
      source.onopen = () => setIsOnline(true);
    }

    void open();
    return () => {
      isOver = true;
      clearTimeout(timer);
      source?.close();
    };
  }, [numbers]);

  const add = useCallback((entry: Entry) => setTalk((known) => merge(known, { messages: [entry], typing: [] })), []);
  return { talk, isOnline, add };
}
