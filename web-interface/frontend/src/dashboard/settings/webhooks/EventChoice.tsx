import { useId } from "react";
import styles from "../Settings.module.css";
import { useWebhooksTexts } from "./texts";
import { contextOf, CONTEXTS, eventName } from "./webhooks";

type Props = {
  types: readonly string[];
  chosen: readonly string[];
  error?: string | undefined;
  onChange: (chosen: string[]) => void;
};

/** Events to choose from, in groups of what they are about. */
export function EventChoice({ types, chosen, error, onChange }: Props) {
  const t = useWebhooksTexts();
  const id = useId();
  const toggle = (type: string, on: boolean) =>
    onChange(types.filter((each) => (each === type ? on : chosen.includes(each))));
  return (
    <div role="group" aria-labelledby={id} aria-describedby={error ? `${id}-error` : undefined}>
      <p id={id}>
        <strong>{t("events")}</strong>
      </p>
      {error && (
        <p id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
      <div className={styles.groups}>
        {CONTEXTS.map((context) => (
          <fieldset key={context}>
            <legend>{t(`context_${context}`)}</legend>
            {types
              .filter((type) => contextOf(type) === context)
              .map((type) => (
                <div key={type}>
                  <label>
                    <input
                      type="checkbox"
                      checked={chosen.includes(type)}
                      onChange={({ target }) => toggle(type, target.checked)}
                    />{" "}
                    {eventName(t, type)}
                  </label>
                </div>
              ))}
          </fieldset>
        ))}
      </div>
    </div>
  );
}
