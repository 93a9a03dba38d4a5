import { type FormEvent, useState } from "react";
import type { Outgoing } from "../api/simulator";
import texts from "../texts/es-CL.json";
import { Sheet } from "./Sheet";
import styles from "./Sheet.module.css";

type Place = Extract<Outgoing, { type: "location" }>["location"];
type Props = { isSending: boolean; onSend: (place: Place) => void; onClose: () => void };

/** Santiago's main square: somewhere to begin. */
const START = { latitude: "-33.43785", longitude: "-70.65046" };

function degrees(text: string, limit: number): number | null {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && Math.abs(value) <= limit ? value : null;
}

export function LocationSheet({ isSending, onSend, onClose }: Props) {
  const [address, setAddress] = useState("");
  const [latitude, setLatitude] = useState(START.latitude);
  const [longitude, setLongitude] = useState(START.longitude);
  const [error, setError] = useState<string | null>(null);

  function submit(event: FormEvent) {
    event.preventDefault();
    const [north, east] = [degrees(latitude, 90), degrees(longitude, 180)];
    if (north === null || east === null) setError(texts.coordinates_wrong);
    else if (!isSending) onSend({ latitude: north, longitude: east, address: address.trim() || null });
  }

  function useHere() {
    setError(null);
    if (!("geolocation" in navigator)) {
      setError(texts.here_failed);
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setLatitude(coords.latitude.toFixed(5));
        setLongitude(coords.longitude.toFixed(5));
      },
      () => setError(texts.here_failed),
      { timeout: 10_000 },
    );
  }

  return (
    <Sheet title={texts.location_title} onClose={onClose}>
      <form className={styles.form} noValidate onSubmit={submit}>
        <label>
          {texts.location_address}
          <input type="text" maxLength={300} value={address} onChange={(event) => setAddress(event.target.value)} />
        </label>
        <div className={styles.pair}>
          <label>
            {texts.latitude}
            <input inputMode="decimal" value={latitude} onChange={(event) => setLatitude(event.target.value)} />
          </label>
          <label>
            {texts.longitude}
            <input inputMode="decimal" value={longitude} onChange={(event) => setLongitude(event.target.value)} />
          </label>
        </div>
        {error && (
          <p className={styles.error} role="alert">
            {error}
          </p>
        )}
        <button className="button" data-look="quiet" type="button" onClick={useHere}>
          {texts.here}
        </button>
        <button className="button" type="submit" aria-disabled={isSending}>
          {isSending ? texts.sending : texts.send}
        </button>
      </form>
    </Sheet>
  );
}
