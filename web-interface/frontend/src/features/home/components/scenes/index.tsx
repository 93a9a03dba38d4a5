import styles from "./scenes.module.css";
import { StraitScene } from "./StraitScene";
import { ValleyScene } from "./ValleyScene";

export type SceneName = "valley" | "strait";

/** Offices by the sea have the strait; every other one, the valley. */
const STRAIT = new Set(["punta-brava"]);

export function sceneOf(tenant: string): SceneName {
  return STRAIT.has(tenant) ? "strait" : "valley";
}

export function Scene({ tenant }: { tenant: string }) {
  const name = sceneOf(tenant);
  return (
    <svg
      aria-hidden="true"
      className={styles.scene}
      data-scene={name}
      viewBox="0 0 1600 560"
      preserveAspectRatio="xMidYMax slice"
    >
      {name === "strait" ? <StraitScene /> : <ValleyScene />}
    </svg>
  );
}
