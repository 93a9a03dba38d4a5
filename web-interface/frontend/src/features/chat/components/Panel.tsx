import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useChat } from "../context";
import type { Snapshot } from "../engine/engine";
import type { ChatMessage } from "../engine/timeline";
import { useMedia } from "../hooks/useMedia";
import { usePhoneViewport } from "../hooks/usePhoneViewport";
import { useStickToEnd } from "../hooks/useStickToEnd";
import { Composer, isSendable } from "./Composer";
import { ConnectionBanner } from "./ConnectionBanner";
import { CloseIcon, TownHallIcon } from "./icons";
import { MessageLog } from "./MessageLog";
import { Scroller } from "./Scroller";

export const PHONE = "(max-width: 480px), (max-height: 440px)";
const FOCUSABLE = "button:not(:disabled), textarea, a[href], audio, [tabindex='0']";

interface PanelProps {
  snapshot: Snapshot;
  takeFocus: boolean;
  onClose: () => void;
}

/** Keep Tab inside the panel, which covers the whole screen of a phone. */
function trap(event: KeyboardEvent, panel: HTMLElement) {
  const stops = Array.from(panel.querySelectorAll<HTMLElement>(FOCUSABLE)).filter((stop) => !stop.closest("dialog"));
  const active = (panel.getRootNode() as Document | ShadowRoot).activeElement;
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  const other = event.shiftKey ? stops.at(-1) : stops[0];
  if (active !== edge && active !== panel) return;
  event.preventDefault();
  other?.focus();
}

function Header({ onClose }: { onClose: () => void }) {
  const { t, tenant } = useChat();
  const hours = tenant?.attention_hours_text;
  return (
    <div className="mb-header">
      <span className="mb-crest">
        <TownHallIcon />
      </span>
      <div className="mb-heading">
        <h2 id="mb-title">{tenant?.name ?? t("chat.title")}</h2>
        <p title={hours ?? undefined}>{hours ? t("chat.hours", { hours }) : t("chat.subtitle")}</p>
      </div>
      <button type="button" className="mb-close" aria-label={t("chat.close")} onClick={onClose}>
        <CloseIcon />
      </button>
    </div>
  );
}

/** The open chat. */
export function Panel({ snapshot, takeFocus, onClose }: PanelProps) {
  const { engine, storage } = useChat();
  const panel = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const phone = useMedia(PHONE);
  const [text, setText] = useState(() => storage.draft());
  const [opened] = useState(() => ({ at: Date.now(), returning: engine.hasHistory }));
  const { toEnd, ...scrolling } = useStickToEnd(snapshot.timeline.at(-1)?.key ?? null);
  usePhoneViewport(panel, phone);

  const focusField = () => {
    // On a touch screen the keyboard would cover the greeting and its buttons: it comes when the citizen asks for it.
    const touch = window.matchMedia("(pointer: coarse)").matches;
    (touch ? panel.current : field.current)?.focus({ preventScroll: true });
  };

  useEffect(() => {
    if (takeFocus) focusField();
  }, [takeFocus]);

  const write = (next: string) => {
    setText(next);
    storage.keepDraft(next);
  };

  const say = (words: string, payload: string | null) => {
    engine.send(words, payload);
    toEnd();
    // The pressed button is gone, and the focus with it.
    focusField();
  };

  const sendText = () => {
    if (!isSendable(text)) return;
    engine.send(text.trim());
    write("");
    toEnd();
    field.current?.focus({ preventScroll: true });
  };

  const edit = (message: ChatMessage) => {
    if (message.clientId === null) return;
    const refused = engine.takeBack(message.clientId);
    write(text.trim() === "" ? refused : `${refused}\n${text}`);
    field.current?.focus({ preventScroll: true });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.nativeEvent.isComposing) {
      event.stopPropagation();
      onClose();
    } else if (event.key === "Tab" && phone && panel.current) {
      trap(event, panel.current);
    }
  };

  return (
    // Keys of all its parts end here: Escape closes, Tab stays inside on a phone.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={panel}
      className="mb-panel"
      role="dialog"
      aria-modal={phone || undefined}
      aria-labelledby="mb-title"
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <Header onClose={onClose} />
      <ConnectionBanner connection={snapshot.connection} />
      <Scroller {...scrolling} toEnd={toEnd}>
        <MessageLog
          snapshot={snapshot}
          returning={opened.returning}
          now={Math.max(opened.at, snapshot.timeline.at(-1)?.at ?? 0)}
          onSay={say}
          onEdit={edit}
        />
      </Scroller>
      <Composer field={field} text={text} onText={write} onSend={sendText} />
    </div>
  );
}
