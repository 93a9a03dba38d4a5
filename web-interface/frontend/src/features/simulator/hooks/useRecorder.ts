import { useEffect, useRef, useState } from "react";

export const MAX_SECONDS = 180;

type State = { kind: "idle" } | { kind: "starting" } | { kind: "recording"; seconds: number } | { kind: "denied" };

/** Record sound in whatever format the browser has; `finish` gives it, `cancel` throws it away. */
export function useRecorder() {
  const [state, setState] = useState<State>({ kind: "idle" });
  const recorder = useRef<MediaRecorder | null>(null);
  const pieces = useRef<Blob[]>([]);
  const timer = useRef<ReturnType<typeof setInterval> | undefined>(undefined);

  function release() {
    clearInterval(timer.current);
    recorder.current?.stream.getTracks().forEach((track) => track.stop());
    recorder.current = null;
  }
  useEffect(() => release, []);

  async function start() {
    setState({ kind: "starting" });
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      pieces.current = [];
      recorder.current = new MediaRecorder(stream);
      recorder.current.ondataavailable = (event) => pieces.current.push(event.data);
      recorder.current.start();
    } catch {
      release();
      setState({ kind: "denied" });
      return;
    }
    setState({ kind: "recording", seconds: 0 });
    timer.current = setInterval(
      () =>
        setState((now) =>
          now.kind === "recording" ? { kind: "recording", seconds: Math.min(now.seconds + 1, MAX_SECONDS) } : now,
        ),
      1000,
    );
  }

  function cancel() {
    recorder.current?.stop();
    release();
    setState({ kind: "idle" });
  }

  function finish(): Promise<Blob> {
    const current = recorder.current;
    return new Promise((resolve, reject) => {
      if (!current) {
        reject(new Error("nothing is being recorded"));
        return;
      }
      current.onstop = () => {
        release();
        setState({ kind: "idle" });
        resolve(new Blob(pieces.current, { type: current.mimeType }));
      };
      current.stop();
    });
  }

  return { state, start, cancel, finish, forget: () => setState({ kind: "idle" }) };
}
