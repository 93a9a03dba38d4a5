import { Skeleton } from "@/shared/ui/Skeleton";
import texts from "./es-CL.json";
import styles from "./StatePages.module.css";

/** The site's outline while its office is not known yet. */
export function LoadingPage() {
  return (
    <div className={styles.loading}>
      <p className="visually-hidden" role="status">
        {texts.loading}
      </p>
      <div className={`page-width ${styles.bar}`}>
        <Skeleton width="2.5rem" height="2.9rem" />
        <Skeleton width="13rem" height="1.25rem" />
      </div>
      <div className={styles.hero}>
        <div className="page-width">
          <Skeleton width="min(100%, 30rem)" height="3.5rem" />
          <br />
          <Skeleton width="min(90%, 24rem)" height="1.2rem" />
          <br />
          <Skeleton width="min(100%, 34rem)" height="3.75rem" />
        </div>
      </div>
    </div>
  );
}

type UnknownProps = { title: string; text: string; href: string };

export function UnknownPage({ title, text, href }: UnknownProps) {
  return (
    <main className={styles.state}>
      <title>{texts.title_unknown}</title>
      <Ridge />
      <h1>{title}</h1>
      <p>{text}</p>
      <a className="button" href={href}>
        {texts.go_home}
      </a>
    </main>
  );
}

type AwayProps = { isRetrying: boolean; onRetry: () => void };

export function AwayPage({ isRetrying, onRetry }: AwayProps) {
  return (
    <main className={styles.state}>
      <Ridge />
      <div role="alert">
        <h1>{texts.away_title}</h1>
        <p>{texts.away_text}</p>
      </div>
      <button className="button" type="button" disabled={isRetrying} onClick={onRetry}>
        {isRetrying ? texts.retrying : texts.retry}
      </button>
    </main>
  );
}

function Ridge() {
  return (
    <svg aria-hidden="true" className={styles.ridge} viewBox="0 0 240 80">
      <path
        d="M2 76 46 34l16 14 34-40 22 30 16-12 44 50h60"
        fill="none"
        stroke="currentColor"
        strokeWidth="4"
        strokeLinejoin="round"
        strokeLinecap="round"
        strokeDasharray="14 9"
      />
    </svg>
  );
}
