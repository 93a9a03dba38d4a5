import { SelectField, TextField } from "../../ui/Fields";
import styles from "../Settings.module.css";
import type { Wanted } from "./log";
import { actionOf, ACTIONS, KINDS, nameKey } from "./names";
import { useAuditTexts } from "./texts";

type Props = {
  wanted: Wanted;
  people: readonly { id: string; name: string }[];
  onChange: (wanted: Wanted) => void;
};

/** Which entries of the log are shown. */
export function Filters({ wanted, people, onChange }: Props) {
  const t = useAuditTexts();
  const named = (group: "act" | "obj", word: string) => {
    const key = nameKey(group, word);
    return key ? t(key) : word;
  };
  const deeds = (kind: string) =>
    ACTIONS[kind]?.map((each) => (
      <option key={each} value={each}>
        {named("act", each)}
      </option>
    ));
  return (
    <div className={styles.filters}>
      <SelectField
        label={t("kind")}
        value={wanted.kind}
        onChange={({ target }) =>
          onChange({ ...wanted, kind: target.value, action: actionOf(target.value, wanted.action) })
        }
      >
        <option value="">{t("all_kinds")}</option>
        {KINDS.map((each) => (
          <option key={each} value={each}>
            {named("obj", each)}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t("action")}
        value={wanted.action}
        onChange={({ target }) => onChange({ ...wanted, action: target.value })}
      >
        <option value="">{t("all_actions")}</option>
        {wanted.kind
          ? deeds(wanted.kind)
          : KINDS.map((each) => (
              <optgroup key={each} label={named("obj", each)}>
                {deeds(each)}
              </optgroup>
            ))}
      </SelectField>
      <SelectField
        label={t("actor")}
        value={wanted.actor}
        onChange={({ target }) => onChange({ ...wanted, actor: target.value })}
      >
        <option value="">{t("all_actors")}</option>
        {people.map((person) => (
          <option key={person.id} value={person.id}>
            {person.name}
          </option>
        ))}
      </SelectField>
      <TextField
        label={t("object_filter")}
        hint={t("object_hint")}
        maxLength={100}
        value={wanted.object}
        onChange={({ target }) => onChange({ ...wanted, object: target.value })}
      />
    </div>
  );
}
