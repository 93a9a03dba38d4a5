import { useQuery } from "@tanstack/react-query";
import type { Tenant } from "@/shared/api/schemas";
import { Notice } from "@/shared/ui/Notice";
import { guideQuery } from "./api/guide";
import { ComplaintBand } from "./components/ComplaintBand";
import { GuideSkeleton } from "./components/GuideSkeleton";
import { Hero } from "./components/Hero";
import { HowItWorks } from "./components/HowItWorks";
import { Offices } from "./components/Offices";
import { Procedures } from "./components/Procedures";
import texts from "./texts/es-CL.json";
import styles from "./HomePage.module.css";

export function HomePage({ tenant }: { tenant: Tenant }) {
  const { data: guide, error, isFetching, refetch } = useQuery(guideQuery(tenant.id));
  const away = error && !guide && (
    <Notice
      tone="alert"
      title={texts.guide_away_title}
      action={
        <button className="button" type="button" disabled={isFetching} onClick={() => void refetch()}>
          {isFetching ? texts.retrying : texts.retry}
        </button>
      }
    >
      {texts.guide_away_text}
    </Notice>
  );

  return (
    <>
      <Hero tenant={tenant} />
      <section id="tramites" tabIndex={-1} className={`page-width ${styles.section}`} aria-labelledby="tramites-title">
        <div className={styles.heading}>
          <h2 id="tramites-title">{texts.procedures_title}</h2>
          <p>{texts.procedures_text}</p>
        </div>
        {guide ? <Procedures guide={guide} /> : away || <GuideSkeleton />}
      </section>
      <HowItWorks />
      <section id="oficinas" tabIndex={-1} className={`page-width ${styles.section}`} aria-labelledby="oficinas-title">
        <div className={styles.heading}>
          <h2 id="oficinas-title">{texts.offices_title}</h2>
          <p>{texts.offices_text}</p>
        </div>
        {guide ? <Offices guide={guide} /> : !away && <GuideSkeleton />}
      </section>
      <ComplaintBand tenant={tenant.id} />
    </>
  );
}
