import { inline } from "@/features/chat/format/richText";
import type { Entry, FileShown, Place } from "../api/schemas";
import { fileUrl } from "../api/simulator";
import { boldParts, clock, sizeOf } from "../format";
import texts from "../texts/es-CL.json";
import { SimIcon } from "./icons";
import styles from "./Bubble.module.css";

/** Words with their links; line breaks are kept by the style. */
export function Words({ text }: { text: string }) {
  return (
    <p className={styles.words}>
      {inline(text).map((part, index) =>
        part.kind === "link" ? (
          <a key={index} href={part.href} target="_blank" rel="noopener noreferrer">
            {part.text}
            <span className="visually-hidden"> {texts.new_tab}</span>
          </a>
        ) : (
          <Bold key={index} text={part.text} />
        ),
      )}
    </p>
  );
}

function Bold({ text }: { text: string }) {
  return boldParts(text).map((part, index) => (index % 2 ? <strong key={index}>{part}</strong> : part));
}

/** In a few words, for a quotation. */
export function brief(entry: Entry): string {
  if (entry.text) return entry.text;
  switch (entry.kind) {
    case "image":
      return texts.photo;
    case "document":
      return entry.file?.filename ?? texts.document;
    case "audio":
      return texts.voice_note;
    case "location":
      return texts.location;
    default:
      return texts.unsupported;
  }
}

export function Content({ entry }: { entry: Entry }) {
  return (
    <>
      {entry.header && <p className={styles.header}>{entry.header}</p>}
      {entry.file && <Attached kind={entry.kind} file={entry.file} caption={entry.text} />}
      {entry.location && <Pin place={entry.location} />}
      {entry.kind === "unsupported" && (
        <p className={styles.file}>
          <SimIcon name="poll" />
          {texts.unsupported}
        </p>
      )}
      {entry.text && <Words text={entry.text} />}
      {entry.footer && <p className={styles.footer}>{entry.footer}</p>}
    </>
  );
}

function Attached({ kind, file, caption }: { kind: Entry["kind"]; file: FileShown; caption: string }) {
  const url = fileUrl(file.id);
  if (kind === "image") return <img className={styles.photo} src={url} alt={caption || texts.photo} />;
  if (kind === "audio") {
    return (
      <div className={styles.sound}>
        <span>
          <SimIcon name="mic" size="1rem" />
          {file.voice ? texts.voice_note : texts.audio}
          {file.seconds !== null && ` · ${clock(file.seconds)}`}
        </span>
        {/* eslint-disable-next-line jsx-a11y/media-has-caption -- what was just spoken has no captions */}
        <audio controls preload="metadata" src={url} aria-label={file.voice ? texts.voice_note : texts.audio} />
      </div>
    );
  }
  return (
    <a className={styles.file} href={url} download={file.filename ?? texts.document}>
      <SimIcon name="document" />
      <span>
        {file.filename ?? texts.document}
        <small>{sizeOf(file.size)}</small>
      </span>
    </a>
  );
}

function Pin({ place }: { place: Place }) {
  const point = `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`;
  const query = new URLSearchParams({ mlat: String(place.latitude), mlon: String(place.longitude), zoom: "16" });
  return (
    <div className={styles.pin}>
      <SimIcon name="location" size="1.75rem" />
      <div>
        <p>{place.name ?? place.address ?? texts.location}</p>
        {place.name && place.address && <p>{place.address}</p>}
        <small>{point}</small>
        <a href={`https://www.openstreetmap.org/?${query}`} target="_blank" rel="noopener noreferrer">
          {texts.see_map}
          <span className="visually-hidden"> {texts.new_tab}</span>
        </a>
      </div>
    </div>
  );
}
