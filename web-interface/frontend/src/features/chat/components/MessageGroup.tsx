import { useChat } from "../context";
import type { ChatMessage } from "../engine/timeline";
import type { Group } from "../format/groups";
import { FilePart } from "./FilePart";
import { AlertIcon, CheckIcon, ClockIcon, PersonIcon } from "./icons";
import { Rating } from "./Rating";
import { RichText } from "./RichText";

function Author({ from }: { from: ChatMessage["from"] }) {
  const { t } = useChat();
  if (from === "agent") {
    return (
      <p className="mb-author">
        <PersonIcon />
        {t("chat.from_agent")}
      </p>
    );
  }
  return <p className="mb-hidden">{t(`chat.from_${from}`)}:</p>;
}

function Refused({ message, onEdit }: { message: ChatMessage; onEdit: (message: ChatMessage) => void }) {
  const { t } = useChat();
  return (
    <div className="mb-refused">
      <p>
        <AlertIcon />
        <span>
          {t("chat.failed")} {message.error}
        </span>
      </p>
      <button type="button" className="mb-edit" onClick={() => onEdit(message)}>
        {t("chat.edit")}
      </button>
    </div>
  );
}

function Meta({ message }: { message: ChatMessage }) {
  const { t, dates } = useChat();
  if (message.delivery === "failed" || Number.isNaN(message.at)) return null;
  return (
    <p className="mb-meta">
      <time dateTime={new Date(message.at).toISOString()}>{dates.time(message.at)}</time>
      {message.from === "citizen" &&
        (message.delivery === "sending" ? (
          <span className="mb-state">
            <ClockIcon /> {t("chat.sending")}
          </span>
        ) : (
          <span className="mb-state">
            <CheckIcon />
            <span className="mb-hidden">{t("chat.sent")}</span>
          </span>
        ))}
    </p>
  );
}

/** What a bubble says. A file without words comes with its name for those who show no files; it is not said twice. */
function Content({ message }: { message: ChatMessage }) {
  const { id, file, text } = message;
  if (!file || id === null) return <RichText text={text} />;
  const words = text === file.filename ? "" : text;
  return (
    <>
      <FilePart id={id} file={file} words={words} />
      {words && <RichText text={words} />}
    </>
  );
}

interface MessageGroupProps {
  group: Group;
  onEdit: (message: ChatMessage) => void;
}

/** A run of messages of one author, with their time under the last. */
export function MessageGroup({ group, onEdit }: MessageGroupProps) {
  const last = group.messages.at(-1);
  return (
    <div className="mb-group" data-from={group.from}>
      <Author from={group.from} />
      {group.messages.map((message) => (
        <div key={message.key} className="mb-message" data-delivery={message.delivery}>
          <div className="mb-bubble">
            <Content message={message} />
          </div>
          {message.ratable && <Rating message={message} />}
          {message.delivery === "failed" && <Refused message={message} onEdit={onEdit} />}
        </div>
      ))}
      {last && <Meta message={last} />}
    </div>
  );
}
