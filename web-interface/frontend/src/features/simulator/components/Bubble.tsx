import { useState } from "react";
import { fill } from "@/shared/ui/text";
import type { Entry, Undelivered } from "../api/schemas";
import { timeOf } from "../format";
import texts from "../texts/es-CL.json";
import type { Shown } from "../transcript";
import { brief, Content } from "./Content";
import { SimIcon } from "./icons";
import { Ticks } from "./Ticks";
import styles from "./Bubble.module.css";

const EMOJIS = ["👍", "❤️", "😂", "😮", "🙏"];

type Props = {
  item: Shown;
  office: string;
  onChoose: (entry: Entry, choice: string) => void;
  onOpenList: (entry: Entry) => void;
  onReact: (entry: Entry, emoji: string) => void;
};

export function Bubble({ item, office, onChoose, onOpenList, onReact }: Props) {
  const { entry, reactions, chosen, answered } = item;
  const isMine = entry.author === "citizen";
  return (
    <li className={styles.row} data-author={entry.author}>
      <div className={styles.stack}>
        <div className={styles.bubble}>
          <span className="visually-hidden">{isMine ? texts.you : office}: </span>
          {entry.kind === "template" && <p className={styles.template}>{texts.template}</p>}
          {answered && (
            <p className={styles.quote} title={brief(answered)}>
              {brief(answered)}
            </p>
          )}
          <Content entry={entry} />
          <p className={styles.meta}>
            <time dateTime={entry.at}>{timeOf(entry.at)}</time>
            {isMine && <Ticks entry={entry} />}
          </p>
        </div>
        {reactions.length > 0 && (
          <p className={styles.reactions} aria-label={fill(texts.reaction_of, { emoji: reactions.join(" ") })}>
            {reactions.join(" ")}
          </p>
        )}
        {entry.undelivered && <Waiting undelivered={entry.undelivered} />}
        {entry.buttons.length > 0 && (
          <div className={styles.buttons}>
            {entry.buttons.map((button) => (
              <button
                key={button.id}
                type="button"
                disabled={chosen.size > 0}
                data-chosen={chosen.has(button.id)}
                onClick={() => onChoose(entry, button.id)}
              >
                {button.title}
              </button>
            ))}
          </div>
        )}
        {entry.options && (
          <div className={styles.buttons}>
            <button type="button" onClick={() => onOpenList(entry)}>
              <SimIcon name="list" size="1.125rem" />
              {entry.options.button}
            </button>
          </div>
        )}
      </div>
      {!isMine && <React hasReaction={reactions.length > 0} onReact={(emoji) => onReact(entry, emoji)} />}
    </li>
  );
}

function Waiting({ undelivered }: { undelivered: Undelivered }) {
  const words: Record<string, string> = {
    unreachable: texts.undelivered_unreachable,
    timeout: texts.undelivered_timeout,
  };
  return (
    <p className={styles.waiting}>
      {fill(texts.undelivered, { answer: words[undelivered.answer] ?? undelivered.answer })}
    </p>
  );
}

function React({ hasReaction, onReact }: { hasReaction: boolean; onReact: (emoji: string) => void }) {
  const [isOpen, setIsOpen] = useState(false);
  const react = (emoji: string) => {
    setIsOpen(false);
    onReact(emoji);
  };
  return (
    <div className={styles.react}>
      <button type="button" aria-expanded={isOpen} aria-label={texts.react} onClick={() => setIsOpen(!isOpen)}>
        <SimIcon name="smile" size="1.25rem" />
      </button>
      {isOpen && (
        <div className={styles.emojis}>
          {EMOJIS.map((emoji) => (
            <button key={emoji} type="button" aria-label={fill(texts.react_with, { emoji })} onClick={() => react(emoji)}>
              {emoji}
            </button>
          ))}
          {hasReaction && (
            <button type="button" aria-label={texts.react_remove} onClick={() => react("")}>
              <SimIcon name="close" size="1.125rem" />
            </button>
          )}
        </div>
      )}
    </div>
  );
}
