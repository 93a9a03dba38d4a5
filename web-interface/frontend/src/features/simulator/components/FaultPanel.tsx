import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { fill } from "@/shared/ui/text";
import type { Faults } from "../api/schemas";
import { faultsQuery, putFaults } from "../api/simulator";
import texts from "../texts/es-CL.json";
import styles from "./FaultPanel.module.css";

type Flag = "burst" | "shuffle" | "bad_signature" | "provider_down" | "window_closed";
type Change = (change: Partial<Faults>) => void;

const RATE_CODES = [130429, 131056, 80007, 4] as const;
const ERROR_CODES = [131000, 131026, 131047, 190] as const;
const FLAGS: Flag[] = ["burst", "shuffle", "bad_signature", "provider_down", "window_closed"];

/** How many things go wrong at present. */
export function countFaults(faults: Faults): number {
  const others = [faults.duplicate > 1, faults.slow_ms > 0, faults.rate_limited !== null, faults.errors_once.length > 0];
  return [...FLAGS.map((flag) => faults[flag]), ...others].filter(Boolean).length;
}

/** Beside the telephones there is room for it; below them it would be in the way. */
const startsOpen = () => window.matchMedia("(min-width: 75rem)").matches;

export function FaultPanel() {
  const [isOpen, setIsOpen] = useState(startsOpen);
  const client = useQueryClient();
  const { data: faults } = useQuery(faultsQuery);
  const { mutate } = useMutation({
    mutationFn: putFaults,
    onMutate: async (wanted) => {
      await client.cancelQueries({ queryKey: faultsQuery.queryKey });
      if (faults) client.setQueryData(faultsQuery.queryKey, { ...faults, ...wanted });
    },
    onSettled: () => client.invalidateQueries({ queryKey: faultsQuery.queryKey }),
  });
  const count = faults ? countFaults(faults) : 0;
  const state = count === 0 ? texts.faults_none : count === 1 ? texts.faults_active_one : fill(texts.faults_active, { count });

  return (
    <details
      className={styles.panel}
      data-active={count > 0}
      open={isOpen}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary>
        <h2>{texts.faults}</h2>
        <span role="status">{state}</span>
      </summary>
      {faults && (
        <div className={styles.inside}>
          <p>{texts.faults_intro}</p>
          <Switches faults={faults} change={(change) => mutate({ ...faults, ...change })} />
          <button className="button" data-look="quiet" type="button" disabled={count === 0} onClick={() => mutate({})}>
            {texts.faults_reset}
          </button>
        </div>
      )}
    </details>
  );
}

function Switches({ faults, change }: { faults: Faults; change: Change }) {
  const flag = (name: Flag) => (
    <Switch
      label={texts[`fault_${name}`]}
      hint={texts[`fault_${name}_hint`]}
      checked={faults[name]}
      onChange={(value) => change({ [name]: value })}
    />
  );
  return (
    <div className={styles.groups}>
      <fieldset>
        <legend>{texts.faults_in}</legend>
        <Choice
          label={texts.fault_duplicate}
          hint={texts.fault_duplicate_hint}
          value={String(faults.duplicate)}
          onChange={(value) => change({ duplicate: Number(value), duplicate_at_random: false })}
        >
          {[1, 2, 3, 5].map((n) => (
            <option key={n} value={n}>
              {n === 1 ? texts.fault_duplicate_1 : fill(texts.fault_duplicate_n, { n })}
            </option>
          ))}
        </Choice>
        {flag("burst")}
        {flag("shuffle")}
        {flag("bad_signature")}
        {flag("provider_down")}
      </fieldset>
      <fieldset>
        <legend>{texts.faults_out}</legend>
        <Choice
          label={texts.fault_slow_ms}
          hint={texts.fault_slow_ms_hint}
          value={String(faults.slow_ms)}
          onChange={(value) => change({ slow_ms: Number(value) })}
        >
          {[0, 2, 5, 15].map((seconds) => (
            <option key={seconds} value={seconds * 1000}>
              {seconds === 0 ? texts.fault_slow_0 : fill(texts.fault_slow_n, { n: seconds })}
            </option>
          ))}
        </Choice>
        <Choice
          label={texts.fault_rate_limited}
          hint={texts.fault_rate_limited_hint}
          value={String(faults.rate_limited ?? "")}
          onChange={(value) => change({ rate_limited: value ? Number(value) : null })}
        >
          <option value="">{texts.fault_rate_none}</option>
          {RATE_CODES.map((code) => (
            <option key={code} value={code}>
              {texts[`fault_rate_${code}`]}
            </option>
          ))}
        </Choice>
        <Choice
          label={texts.fault_errors_once}
          hint={texts.fault_errors_once_hint}
          value={String(faults.errors_once[0] ?? "")}
          onChange={(value) => change({ errors_once: value ? [Number(value)] : [] })}
        >
          <option value="">{texts.fault_error_none}</option>
          {ERROR_CODES.map((code) => (
            <option key={code} value={code}>
              {texts[`fault_error_${code}`]}
            </option>
          ))}
        </Choice>
        {flag("window_closed")}
      </fieldset>
    </div>
  );
}

type SwitchProps = { label: string; hint: string; checked: boolean; onChange: (value: boolean) => void };

function Switch({ label, hint, checked, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div className={styles.switch}>
      <input
        id={id}
        type="checkbox"
        role="switch"
        checked={checked}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.target.checked)}
      />
      <label htmlFor={id}>{label}</label>
      <small id={`${id}-hint`}>{hint}</small>
    </div>
  );
}

type ChoiceProps = { label: string; hint: string; value: string; onChange: (value: string) => void; children: ReactNode };

function Choice({ label, hint, value, onChange, children }: ChoiceProps) {
  const id = useId();
  return (
    <div className={styles.choice}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} aria-describedby={`${id}-hint`} onChange={(event) => onChange(event.target.value)}>
        {children}
      </select>
      <small id={`${id}-hint`}>{hint}</small>
    </div>
  );
}
