import { useEffect, useRef, useState } from "react";
import { fill } from "@/shared/ui/text";
import type { OutgoingFile } from "../api/simulator";
import { sizeOf } from "../format";
import texts from "../texts/es-CL.json";
import { SimIcon } from "./icons";
import { Sheet } from "./Sheet";
import styles from "./Sheet.module.css";

type Props = { picked: OutgoingFile; isSending: boolean; onSend: (file: OutgoingFile) => void; onClose: () => void };

/** A photo or document before it goes, with a comment. */
export function FileSheet({ picked, isSending, onSend, onClose }: Props) {
  const [caption, setCaption] = useState("");
  return (
    <Sheet title={fill(texts.file_title, { name: picked.kind === "image" ? texts.photo.toLowerCase() : picked.name })} onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isSending) onSend({ ...picked, caption: caption.trim() });
        }}
      >
        {picked.kind === "image" ? (
          <Preview file={picked.file} />
        ) : (
          <p className={styles.picked}>
            <SimIcon name="document" />
            {picked.name} · {sizeOf(picked.file.size)}
          </p>
        )}
        <label>
          {texts.caption}
          <input type="text" maxLength={1024} value={caption} onChange={(event) => setCaption(event.target.value)} />
        </label>
        <button className="button" type="submit" aria-disabled={isSending}>
          {isSending ? texts.sending : texts.send}
        </button>
      </form>
    </Sheet>
  );
}

function Preview({ file }: { file: Blob }) {
  const picture = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const url = URL.createObjectURL(file);
    if (picture.current) picture.current.src = url;
    return () => URL.revokeObjectURL(url);
  }, [file]);
  return <img ref={picture} className={styles.preview} alt="" />;
}
