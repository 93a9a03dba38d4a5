import { useRef } from "react";
import texts from "../texts/es-CL.json";
import { SimIcon, type SimulatorIcon } from "./icons";
import { Sheet } from "./Sheet";
import styles from "./Sheet.module.css";

export type Picked = { kind: "image" | "document" | "voice"; file: File };
type Props = { onPick: (picked: Picked) => void; onLocation: () => void; onUnsupported: () => void; onClose: () => void };

const FILES: { kind: Picked["kind"]; icon: SimulatorIcon; text: string; accept: string }[] = [
  { kind: "image", icon: "photo", text: texts.attach_photo, accept: "image/*" },
  { kind: "document", icon: "document", text: texts.attach_document, accept: ".pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.txt" },
  { kind: "voice", icon: "sound", text: texts.attach_audio, accept: "audio/*" },
];

export function AttachMenu({ onPick, onLocation, onUnsupported, onClose }: Props) {
  return (
    <Sheet title={texts.attach} onClose={onClose}>
      <div className={styles.grid}>
        {FILES.map((file) => (
          <FileButton key={file.kind} {...file} onPick={onPick} />
        ))}
        <MenuButton icon="location" text={texts.attach_location} onClick={onLocation} />
        <MenuButton icon="poll" text={texts.attach_unsupported} onClick={onUnsupported} />
      </div>
    </Sheet>
  );
}

function FileButton({ kind, icon, text, accept, onPick }: (typeof FILES)[number] & Pick<Props, "onPick">) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <MenuButton icon={icon} text={text} onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        hidden
        aria-label={text}
        accept={accept}
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) onPick({ kind, file });
        }}
      />
    </>
  );
}

function MenuButton({ icon, text, onClick }: { icon: SimulatorIcon; text: string; onClick: () => void }) {
  return (
    <button type="button" className={styles.menuItem} onClick={onClick}>
      <SimIcon name={icon} size="1.625rem" />
      {text}
    </button>
  );
}
