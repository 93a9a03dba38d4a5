import { useChat } from "../context";
import type { Thumb } from "../engine/protocol";
import type { ChatMessage } from "../engine/timeline";
import { ThumbIcon } from "./icons";

const THUMBS: readonly Thumb[] = ["up", "down"];

/** Two thumbs under an answer from the office's documents. */
export function Rating({ message }: { message: ChatMessage }) {
  const { engine, t } = useChat();
  const { id, feedback } = message;
  if (id === null) return null;
  return (
    <div className="mb-rating" role="group" aria-label={t("chat.rating")}>
      {THUMBS.map((thumb) => (
        <button
          key={thumb}
          type="button"
          className="mb-thumb"
          aria-label={t(`chat.thumb_${thumb}`)}
          title={t(`chat.thumb_${thumb}`)}
          aria-pressed={feedback === thumb}
          onClick={() => engine.rate(id, thumb)}
        >
          <ThumbIcon down={thumb === "down"} />
        </button>
      ))}
    </div>
  );
}
