import type { Tenant } from "@/shared/api/schemas";
import texts from "../texts/es-CL.json";
import { AskForm } from "./AskForm";
import { QuickActions } from "./QuickActions";
import { Scene, sceneOf } from "./scenes";
import styles from "./Hero.module.css";

export function Hero({ tenant }: { tenant: Tenant }) {
  return (
    <>
      <section className={styles.hero} data-scene={sceneOf(tenant.id)} aria-labelledby="hero-title">
        <div className={styles.scene}>
          <Scene tenant={tenant.id} />
        </div>
        <div className={`page-width ${styles.content}`}>
          <h1 id="hero-title" className={styles.title}>
            {texts.hero_title}
          </h1>
          <p className={styles.text}>{texts.hero_text}</p>
          <AskForm phone={tenant.phone} />
        </div>
      </section>
      <QuickActions />
    </>
  );
}
