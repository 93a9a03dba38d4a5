import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import type { Tenant } from "@/shared/api/schemas";
import { followComplaint } from "./api/follow";
import { ComplaintResult } from "./components/ComplaintResult";
import { FollowError } from "./components/FollowError";
import { FollowForm } from "./components/FollowForm";
import { LostFolio } from "./components/LostFolio";
import texts from "./texts/es-CL.json";
import styles from "./ComplaintPage.module.css";

/** On a small window the answer comes below the fold, where nobody would see it. */
function intoView(element: HTMLElement | null) {
  element?.scrollIntoView({ block: "nearest" });
}

/** Following a complaint. A mutation, not a query: what was asked and answered is kept nowhere. */
export default function ComplaintPage({ tenant }: { tenant: Tenant }) {
  const title = useRef<HTMLHeadingElement>(null);
  const { mutate, reset, data, error, isPending, submittedAt } = useMutation({
    mutationFn: followComplaint.bind(null, tenant.id),
    gcTime: 0,
  });
  function startAgain() {
    reset();
    title.current?.focus();
  }

  return (
    <div className={`page-width ${styles.page}`}>
      <div className={styles.heading}>
        <h1 ref={title} tabIndex={-1}>
          {texts.title}
        </h1>
        <p>{texts.intro}</p>
      </div>
      {data ? (
        <ComplaintResult complaint={data} timeZone={tenant.timezone} onAnother={startAgain} />
      ) : (
        <div className={styles.columns}>
          <div className={styles.main}>
            <FollowForm isPending={isPending} onSubmit={mutate} />
            {error && (
              <div key={submittedAt} ref={intoView}>
                <FollowError error={error} />
              </div>
            )}
          </div>
          <LostFolio />
        </div>
      )}
    </div>
  );
}
