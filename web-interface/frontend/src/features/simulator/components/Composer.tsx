import { type FormEvent, type KeyboardEvent, useState } from "react";
import { fill } from "@/shared/ui/text";
import type { OutgoingFile } from "../api/simulator";
import { clock } from "../format";
import { MAX_SECONDS, useRecorder } from "../hooks/useRecorder";
import texts from "../texts/es-CL.json";
import { SimIcon } from "./icons";
import styles from "./Composer.module.css";

type Props = {
  isBusy: boolean;
  /** Resolves to whether it was taken; what was not stays in the field. */
  onText: (text: string) => Promise<boolean>;
  onVoice: (file: OutgoingFile) => void;
  onAttach: () => void;
};

export function Composer({ isBusy, onText, onVoice, onAttach }: Props) {
  const [text, setText] = useState("");
  const recorder = useRecorder();
  const words = text.trim();

  async function send(event?: FormEvent) {
    event?.preventDefault();
    if (!words) return;
    setText("");
    if (!(await onText(words))) setText((now) => now || words);
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  }
  async function finish() {
    const file = await recorder.finish();
    onVoice({ kind: "voice", file, name: "nota-de-voz" });
  }

  if (recorder.state.kind === "recording") {
    const { seconds } = recorder.state;
    return (
      <div className={styles.composer}>
        <button type="button" className={styles.round} aria-label={texts.record_cancel} onClick={recorder.cancel}>
          <SimIcon name="trash" />
        </button>
        <p className={styles.recording} role="timer">
          <span aria-hidden="true" />
          {fill(texts.recording, { time: `${clock(seconds)} / ${clock(MAX_SECONDS)}` })}
        </p>
        <button type="button" className={styles.round} data-main aria-label={texts.record_send} onClick={() => void finish()}>
          <SimIcon name="send" />
        </button>
      </div>
    );
  }
  return (
    <form className={styles.composer} onSubmit={(event) => void send(event)}>
      {recorder.state.kind === "denied" && (
        <p className={styles.denied} role="alert">
          {texts.record_denied}
          <button type="button" aria-label={texts.close} onClick={recorder.forget}>
            <SimIcon name="close" size="1rem" />
          </button>
        </p>
      )}
      <button type="button" className={styles.round} aria-label={texts.attach} onClick={onAttach}>
        <SimIcon name="attach" />
      </button>
      <textarea
        rows={1}
        maxLength={4096}
        aria-label={texts.compose}
        placeholder={texts.compose}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {words ? (
        <button type="submit" className={styles.round} data-main aria-label={texts.send}>
          <SimIcon name="send" />
        </button>
      ) : (
        <button
          type="button"
          className={styles.round}
          data-main
          aria-label={texts.record}
          aria-disabled={isBusy}
          onClick={() => !isBusy && void recorder.start()}
        >
          <SimIcon name="mic" />
        </button>
      )}
    </form>
  );
}
