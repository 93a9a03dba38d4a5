import type { ReactNode } from "react";
import { Skeleton } from "@/shared/ui/Skeleton";
import { Button } from "./Button";
import { type PanelIconName, PanelIcon } from "./PanelIcon";
import styles from "./States.module.css";
import { useUiTexts, wordsOf } from "./texts";

/** Nothing there: say what would be here, and what to do. */
export function EmptyState({ icon, title, children }: { icon?: PanelIconName; title: string; children?: ReactNode }) {
  return (
    <div className={styles.empty}>
      {icon && <PanelIcon name={icon} size="2rem" />}
      <p className={styles.title}>{title}</p>
      {children && <div>{children}</div>}
    </div>
  );
}

/** Something failed: the service's own words, and a way to try again where that may help. */
export function ErrorNotice({ error, onRetry, title }: { error: unknown; onRetry?: () => void; title?: string }) {
  const t = useUiTexts();
  return (
    <div className={styles.error} role="alert">
      <PanelIcon name="warning" size="1.5rem" />
      <div>
        <p className={styles.title}>{title ?? t("error_title")}</p>
        <p>{wordsOf(error, t)}</p>
        {onRetry && (
          <Button small onClick={onRetry}>
            {t("retry")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Grey lines while a list is on its way. */
export function LoadingRows({ rows = 5 }: { rows?: number }) {
  const t = useUiTexts();
  return (
    <div className={styles.loading} role="status">
      <span className="visually-hidden">{t("loading")}</span>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height="2.25rem" />
      ))}
    </div>
  );
}

/** The end of a list that has more. */
export function LoadMore({ has, busy, onMore }: { has: boolean; busy: boolean; onMore: () => void }) {
  const t = useUiTexts();
  if (!has) return null;
  return (
    <div className={styles.more}>
      <Button busy={busy} onClick={onMore}>
        {busy ? t("loading") : t("load_more")}
      </Button>
    </div>
  );
}
