import { type FormEvent, useRef, useState } from "react";
import { Field } from "@/shared/ui/Field";
import type { Sought } from "../api/follow";
import { readFolio, readRutEnd } from "../rules";
import texts from "../texts/es-CL.json";
import styles from "./FollowForm.module.css";

type Props = { isPending: boolean; onSubmit: (sought: Sought) => void };
type Errors = { folio?: string | undefined; rut?: string | undefined };

export function FollowForm({ isPending, onSubmit }: Props) {
  const [folio, setFolio] = useState("");
  const [rut, setRut] = useState("");
  const [errors, setErrors] = useState<Errors>({});
  const folioField = useRef<HTMLInputElement>(null);
  const rutField = useRef<HTMLInputElement>(null);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (isPending) return;
    const [cleanFolio, rutEnd] = [readFolio(folio), readRutEnd(rut)];
    if (cleanFolio && rutEnd) {
      setErrors({});
      onSubmit({ folio: cleanFolio, rutEnd });
      return;
    }
    setErrors({
      folio: cleanFolio ? undefined : folio.trim() ? texts.folio_shape : texts.folio_empty,
      rut: rutEnd ? undefined : rut.trim() ? texts.rut_shape : texts.rut_empty,
    });
    (cleanFolio ? rutField : folioField).current?.focus();
  }

  return (
    <form className={styles.form} noValidate autoComplete="off" onSubmit={submit}>
      <Field
        ref={folioField}
        id="folio"
        label={texts.folio_label}
        hint={texts.folio_hint}
        error={errors.folio}
        value={folio}
        maxLength={60}
        autoCapitalize="characters"
        onChange={(event) => setFolio(event.target.value)}
        // Tidied when the person leaves the field, never under the fingers.
        onBlur={() => setFolio(readFolio(folio) ?? folio)}
      />
      <Field
        ref={rutField}
        id="rut-end"
        label={texts.rut_label}
        hint={texts.rut_hint}
        error={errors.rut}
        value={rut}
        maxLength={16}
        autoCapitalize="characters"
        size={8}
        onChange={(event) => setRut(event.target.value)}
        onBlur={() => setRut(readRutEnd(rut) ?? rut)}
      />
      <button className="button" type="submit" aria-disabled={isPending}>
        {isPending ? texts.submitting : texts.submit}
      </button>
      <p className={styles.privacy}>{texts.privacy}</p>
    </form>
  );
}
