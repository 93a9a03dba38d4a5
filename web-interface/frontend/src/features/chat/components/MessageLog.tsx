import { useChat } from "../context";
import type { Snapshot } from "../engine/engine";
import { openButtonsKey, type ChatMessage } from "../engine/timeline";
import { days } from "../format/groups";
import { Greeting } from "./Greeting";
import { MessageGroup } from "./MessageGroup";
import { QuickReplies } from "./QuickReplies";

interface MessageLogProps {
  snapshot: Snapshot;
  /** This browser has talked before: an empty list may only mean that its messages are still on their way. */
  returning: boolean;
  now: number;
  onSay: (text: string, payload: string | null) => void;
  onEdit: (message: ChatMessage) => void;
}

/** The office's newest message, if it offers answers, and what the citizen has answered since. */
function offer(timeline: Snapshot["timeline"]) {
  const message = [...timeline].reverse().find((known) => known.from !== "citizen");
  if (!message || message.buttons.length === 0) return null;
  const open = openButtonsKey(timeline) === message.key;
  return { message, open, chosen: open ? null : (timeline.at(-1)?.text ?? null) };
}

function TypingSign({ on }: { on: boolean }) {
  const { t } = useChat();
  return (
    <div className="mb-typing" role="status">
      {on && (
        <span className="mb-bubble">
          <span className="mb-hidden">{t("chat.typing")}</span>
          <i />
          <i />
          <i />
        </span>
      )}
    </div>
  );
}

/** The conversation, oldest first. */
export function MessageLog({ snapshot, returning, now, onSay, onEdit }: MessageLogProps) {
  const { t, dates } = useChat();
  const { timeline, connection } = snapshot;
  const loading = timeline.length === 0 && returning && connection !== "online" && connection !== "offline";
  const offered = offer(timeline);
  const first = timeline[0];
  const fromStart = first === undefined || first.order < 2;
  return (
    <>
      <div className="mb-log" role="log" aria-live="polite" aria-label={t("chat.log")} aria-busy={loading}>
        {loading && <p className="mb-note">{t("chat.loading")}</p>}
        {snapshot.restarted && <p className="mb-note">{t("chat.restarted")}</p>}
        {!loading && fromStart && <Greeting starters={timeline.length === 0} onSay={(text) => onSay(text, null)} />}
        {days(timeline, dates).map((day) => (
          <section key={`${day.key} ${day.groups[0]?.key ?? ""}`} className="mb-day">
            <p className="mb-date">{Number.isNaN(day.at) ? "" : dates.day(day.at, now)}</p>
            {day.groups.map((group) => (
              <MessageGroup key={group.key} group={group} onEdit={onEdit} />
            ))}
          </section>
        ))}
      </div>
      {offered && (
        <QuickReplies
          label={t("chat.options")}
          titles={offered.message.buttons.map((button) => button.title)}
          chosen={offered.chosen}
          disabled={!offered.open}
          onPress={(index) => {
            const button = offered.message.buttons[index];
            if (button) onSay(button.title, button.payload);
          }}
        />
      )}
      <TypingSign on={snapshot.typing} />
    </>
  );
}
