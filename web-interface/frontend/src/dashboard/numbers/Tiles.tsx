import type { ReactNode } from "react";
import styles from "./Numbers.module.css";

export type Tile = { id: string; label: string; value: string; hint?: string; tone?: "alert" };

/** The numbers of a range, each with its words. */
export function Tiles({ tiles }: { tiles: readonly Tile[] }): ReactNode {
  return (
    <dl className={styles.tiles}>
      {tiles.map((tile) => (
        <div key={tile.id} className={styles.tile} data-tone={tile.tone}>
          <dt>{tile.label}</dt>
          <dd>{tile.value}</dd>
          {tile.hint && <dd className={styles.tileHint}>{tile.hint}</dd>}
        </div>
      ))}
    </dl>
  );
}
