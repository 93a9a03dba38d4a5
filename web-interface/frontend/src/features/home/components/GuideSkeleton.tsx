import { Skeleton } from "@/shared/ui/Skeleton";
import texts from "../texts/es-CL.json";
import styles from "./Cards.module.css";

export function GuideSkeleton() {
  return (
    <>
      <p className="visually-hidden" role="status">
        {texts.loading}
      </p>
      <div className={styles.grid}>
        {[0, 1, 2].map((card) => (
          <div key={card} className={styles.card}>
            <Skeleton width="70%" height="1.4rem" />
            <Skeleton height="3rem" />
            <Skeleton width="50%" />
            <Skeleton width="60%" />
            <Skeleton width="8rem" height="2.75rem" />
          </div>
        ))}
      </div>
    </>
  );
}
