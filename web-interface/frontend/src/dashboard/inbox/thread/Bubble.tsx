import { blocks, type Inline } from "@/features/chat/format/richText";
import { Fragment } from "react";
import { useFormats } from "../../ui/format";
import { PanelIcon } from "../../ui/PanelIcon";
import type { Channel, Message } from "../api/queries";
import { useInboxTexts } from "../texts";
import styles from "./Bubble.module.css";
import { MediaPart } from "./MediaPart";
import { Ticks } from "./Ticks";

type Props = { message: Message; sender: string; channel: Channel };

/** One message as it was said. What people wrote is text, whatever it looks like. */
export function Bubble({ message, sender, channel }: Props) {
  const t = useInboxTexts();
  const format = useFormats();
  const side = message.sender_type === "citizen" ? "theirs" : "ours";
  return (
    <article className={styles.bubble} data-side={side} data-from={message.sender_type}>
      <header className={styles.sender}>{sender}</header>
      <Content message={message} />
      {(message.buttons ?? []).length > 0 && (
        <ul className={styles.offered} aria-label={t("offered")}>
          {message.buttons.map((button) => (
            <li key={button.payload}>{button.title}</li>
          ))}
        </ul>
      )}
      {message.answer?.sources?.map((source) => (
        <p key={`${source.document_id}-${source.passage}`} className={styles.source}>
          <PanelIcon name="book" size="0.9rem" />
          {t("source", { name: [source.document, source.article].filter(Boolean).join(", ") })}
        </p>
      ))}
      {message.feedback && (
        <p className={styles.source}>{t(message.feedback === "up" ? "liked" : "disliked")}</p>
      )}
      <footer className={styles.foot}>
        <time dateTime={message.created_at} title={format.dateTime(message.created_at)}>
          {format.time(message.created_at)}
        </time>
        {message.direction === "out" && (
          <Ticks status={message.delivery_status} problem={message.delivery_error} channel={channel} />
        )}
      </footer>
    </article>
  );
}

function Content({ message }: { message: Message }) {
  const t = useInboxTexts();
  if (message.kind === "reaction") return <p>{t("reaction", { text: message.text })}</p>;
  if (message.kind === "unsupported" && !message.text) return <p className={styles.aside}>{t("unsupported")}</p>;
  const hasFile = message.media ?? message.media_pending ?? message.media_problem;
  return (
    <>
      {hasFile && <MediaPart message={message} />}
      {message.location && <Place location={message.location} />}
      {message.text && (
        <div className={styles.text}>
          <Rich text={message.text} />
        </div>
      )}
      {message.transcript && !message.text.includes(message.transcript) && (
        <p className={styles.aside}>{t("transcript", { text: message.transcript })}</p>
      )}
    </>
  );
}

function Place({ location }: { location: Record<string, unknown> }) {
  const t = useInboxTexts();
  const lat = Number(location.latitude ?? location.lat);
  const lon = Number(location.longitude ?? location.lon);
  if (!Number.isFinite(lat) || !Number.isFinite(lon)) return null;
  const place = `${lat.toFixed(5)}/${lon.toFixed(5)}`;
  return (
    <p>
      <PanelIcon name="pin" /> {t("location", { lat: lat.toFixed(5), lon: lon.toFixed(5) })}{" "}
      <a
        href={`https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=17/${place}`}
        target="_blank"
        rel="noopener noreferrer"
      >
        {t("location_map")}
      </a>
    </p>
  );
}

function Line({ parts }: { parts: Inline[] }) {
  return parts.map((part, index) =>
    part.kind === "link" ? (
      <a key={index} href={part.href} target="_blank" rel="noopener noreferrer">
        {part.text}
      </a>
    ) : (
      <Fragment key={index}>{part.text}</Fragment>
    ),
  );
}

/** Paragraphs, lists and safe links, as the citizen sees them in the chat. */
export function Rich({ text }: { text: string }) {
  return blocks(text).map((block, index) => {
    if (block.kind === "paragraph") {
      return (
        <p key={index}>
          {block.lines.map((line, number) => (
            <Fragment key={number}>
              {number > 0 && <br />}
              <Line parts={line} />
            </Fragment>
          ))}
        </p>
      );
    }
    const List = block.ordered ? "ol" : "ul";
    return (
      <List key={index} {...(block.ordered ? { start: block.start } : {})}>
        {block.items.map((item, number) => (
          <li key={number}>
            <Line parts={item} />
          </li>
        ))}
      </List>
    );
  });
}
