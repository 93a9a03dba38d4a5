import { useEffect, useRef, useState } from "react";
import { useChat } from "../context";
import type { MessageFile } from "../engine/protocol";
import { lookOf, sizeOf, typeOf } from "../format/files";
import { useFile } from "../hooks/useFile";
import { AlertIcon, CloseIcon, FileIcon } from "./icons";

interface FileProps {
  id: string;
  file: MessageFile;
  /** What the office said with it. */
  words: string;
}

/** A bubble's file: a photo is shown, a sound can be played, anything else can be saved. */
export function FilePart(props: FileProps) {
  const look = lookOf(props.file);
  if (look === "photo") return <Photo {...props} />;
  return look === "sound" ? <Sound {...props} /> : <Document {...props} />;
}

function nameOf(file: MessageFile, fallback: string): string {
  return file.filename ?? fallback;
}

function Failed({ name, onAgain }: { name: string; onAgain: () => void }) {
  const { t } = useChat();
  return (
    <div className="mb-file-failed" role="alert">
      <p>
        <AlertIcon /> {t("chat.file_failed", { name })}
      </p>
      <button type="button" className="mb-edit" onClick={onAgain}>
        {t("chat.file_again")}
      </button>
    </div>
  );
}

function Photo({ id, file, words }: FileProps) {
  const { t } = useChat();
  const { url, failed, again } = useFile(id);
  const [broken, setBroken] = useState<string | null>(null);
  const [isLarge, setLarge] = useState(false);
  const name = nameOf(file, t("chat.file_photo"));
  const about = words || t("chat.photo_named", { name });
  if (failed || (url !== null && broken === url)) return <Failed name={name} onAgain={again} />;
  if (url === null) {
    return (
      <p className="mb-photo mb-photo-wait" role="status">
        {t("chat.file_loading", { name })}
      </p>
    );
  }
  return (
    <>
      <button
        type="button"
        className="mb-photo"
        aria-label={t("chat.photo_open", { about })}
        onClick={() => setLarge(true)}
      >
        <img src={url} alt={about} onError={() => setBroken(url)} />
      </button>
      {isLarge && <LargePhoto url={url} name={name} about={about} onClose={() => setLarge(false)} />}
    </>
  );
}

type LargeProps = { url: string; name: string; about: string; onClose: () => void };

/** The photo over the whole page; the browser keeps the focus inside and gives it back. */
function LargePhoto({ url, name, about, onClose }: LargeProps) {
  const { t } = useChat();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    // Keys of the large photo are its own: Escape closes it and not the chat behind.
    <dialog
      ref={dialog}
      className="mb-large"
      aria-label={about}
      onClose={onClose}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div className="mb-large-bar">
        <a className="mb-large-save" href={url} download={name}>
          {t("chat.file_save", { name })}
        </a>
        <button
          type="button"
          className="mb-close"
          aria-label={t("chat.photo_close")}
          onClick={() => dialog.current?.close()}
        >
          <CloseIcon />
        </button>
      </div>
      <img src={url} alt={about} />
    </dialog>
  );
}

function Sound({ id, file }: FileProps) {
  const { t } = useChat();
  const { url, failed, again } = useFile(id);
  const name = nameOf(file, t("chat.file_sound"));
  if (failed) return <Failed name={name} onAgain={again} />;
  if (url === null) return <p role="status">{t("chat.file_loading", { name })}</p>;
  // There is no written version of what an official says to one citizen.
  // eslint-disable-next-line jsx-a11y/media-has-caption
  return <audio className="mb-sound" controls src={url} aria-label={name} />;
}

/** Give a fetched file to the browser under its name. */
function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Not at once: a browser may read it a little later.
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function Document({ id, file }: FileProps) {
  const { engine, locale, t } = useChat();
  const [state, setState] = useState<"rest" | "busy" | "failed">("rest");
  const name = nameOf(file, t("chat.file_document"));
  const fetchAndSave = () => {
    setState("busy");
    engine.file(id).then(
      (blob) => {
        save(blob, name);
        setState("rest");
      },
      () => setState("failed"),
    );
  };
  if (state === "failed") return <Failed name={name} onAgain={fetchAndSave} />;
  return (
    <button
      type="button"
      className="mb-file"
      aria-busy={state === "busy"}
      onClick={() => {
        if (state !== "busy") fetchAndSave();
      }}
    >
      <FileIcon />
      <span>
        <span className="mb-hidden">{t("chat.file_save_hint")} </span>
        <span className="mb-file-name">{name}</span>
        <span className="mb-file-about">
          {state === "busy" ? t("chat.file_busy") : `${typeOf(file)}, ${sizeOf(file.size, locale)}`}
        </span>
      </span>
    </button>
  );
}
