import styles from "./Skeleton.module.css";

/** A grey place for content that is on its way. Screen readers hear the `role="status"` of its section instead. */
export function Skeleton({ width = "100%", height = "1em" }: { width?: string; height?: string }) {
  return <span aria-hidden="true" className={styles.skeleton} style={{ width, height }} />;
}
