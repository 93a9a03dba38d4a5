import { useEffect, useState } from "react";

/** Return true once `on` has lasted `ms`: what passes in a blink is not worth a banner. */
export function useDelayed(on: boolean, ms: number): boolean {
  const [due, setDue] = useState(false);
  useEffect(() => {
    if (!on) return;
    const timer = setTimeout(() => setDue(true), ms);
    return () => {
      clearTimeout(timer);
      setDue(false);
    };
  }, [on, ms]);
  return on && due;
}
