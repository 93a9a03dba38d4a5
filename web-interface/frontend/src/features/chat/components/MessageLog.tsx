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

/** The message whose answers can be pressed, if there is one. */
function offer(timeline: Snapshot["timeline"]): ChatMessage | null {
  const key = openButtonsKey(timeline);
  return timeline.find((message) => message.key === key) ?? null;
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
          titles={offered.buttons.map((button) => button.title)}
          onPress={(index) => {
            const button = offered.buttons[index];
            if (button) onSay(button.title, button.payload);
          }}
        />
      )}
      <TypingSign on={snapshot.typing} />
    </>
  );
}
