import { lazy, Suspense } from "react";
import styles from "./scenes.module.css";

// Each office loads its own landscape only.
const ValleyScene = lazy(() => import("./ValleyScene"));
const StraitScene = lazy(() => import("./StraitScene"));

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
      <Suspense>{name === "strait" ? <StraitScene /> : <ValleyScene />}</Suspense>
    </svg>
  );
}
