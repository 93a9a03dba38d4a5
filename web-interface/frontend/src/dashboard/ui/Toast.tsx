import { createContext, type ReactNode, use, useCallback, useMemo, useRef, useState } from "react";
import { IconButton } from "./Button";
import styles from "./Toast.module.css";
import { useUiTexts, wordsOf } from "./texts";

type Toast = { id: number; text: string; tone: "done" | "error" };
type Toaster = { done: (text: string) => void; failed: (error: unknown) => void };

const SHOWN_MS = 6000;
const ToastContext = createContext<Toaster | null>(null);

/** `const toast = useToast(); toast.done("Guardado"); toast.failed(error)`. */
export function useToast(): Toaster {
  const toaster = use(ToastContext);
  if (!toaster) throw new Error("useToast outside ToastProvider");
  return toaster;
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const t = useUiTexts();
  const [toasts, setToasts] = useState<Toast[]>([]);
  const next = useRef(0);
  const drop = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const toaster = useMemo<Toaster>(() => {
    const add = (text: string, tone: Toast["tone"]) => {
      const id = next.current++;
      setToasts((all) => [...all.slice(-3), { id, text, tone }]);
      // What went wrong stays until it is dismissed: it may be the reason why something is not as expected.
      if (tone === "done") window.setTimeout(() => drop(id), SHOWN_MS);
    };
    return { done: (text) => add(text, "done"), failed: (error) => add(wordsOf(error, t), "error") };
  }, [t, drop]);
  return (
    <ToastContext value={toaster}>
      {children}
      <section className={styles.stack} aria-label={t("notices")} aria-live="polite">
        {toasts.map((toast) => (
          <div key={toast.id} className={styles.toast} data-tone={toast.tone}>
            <p>{toast.text}</p>
            <IconButton small label={t("dismiss")} icon="close" onClick={() => drop(toast.id)} />
          </div>
        ))}
      </section>
    </ToastContext>
  );
}
