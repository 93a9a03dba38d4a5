import { Icon } from "@/shared/ui/Icon";
import { Link, pathTo } from "@/shared/ui/navigation";
import texts from "../texts/es-CL.json";
import styles from "./ComplaintBand.module.css";

export function ComplaintBand({ tenant }: { tenant: string }) {
  return (
    <section className="page-width" aria-labelledby="complaint-title">
      <div className={styles.band}>
        <div>
          <h2 id="complaint-title">{texts.complaint_title}</h2>
          <p>{texts.complaint_text}</p>
        </div>
        <Link className={styles.link} href={pathTo(tenant, "complaint")}>
          {texts.complaint_link}
          <Icon name="arrow" />
        </Link>
      </div>
    </section>
  );
}
