import { useQuery } from "@tanstack/react-query";
import { simulatorQuery, tenantsQuery } from "@/shared/api/queries";
import type { Tenant } from "@/shared/api/schemas";
import { PhoneLink } from "@/shared/ui/PhoneLink";
import { Link, pathTo, SIMULATOR_PATH } from "@/shared/ui/navigation";
import { fill } from "@/shared/ui/text";
import { Emblem } from "./Emblem";
import texts from "./es-CL.json";
import styles from "./SiteFooter.module.css";

export function SiteFooter({ tenant }: { tenant: Tenant }) {
  return (
    <footer className={styles.footer}>
      <div className={`page-width ${styles.demo}`}>
        <h2>{texts.demo_title}</h2>
        <p>{fill(texts.demo_text, { name: tenant.name })}</p>
        <SimulatorLink />
      </div>
      <div className={`page-width ${styles.columns}`}>
        <div className={styles.identity}>
          <Emblem tenant={tenant.id} />
          <p className={styles.name}>{tenant.name}</p>
        </div>
        {tenant.attention_hours_text && (
          <div>
            <h3>{texts.footer_attention}</h3>
            <p className={styles.hours}>{tenant.attention_hours_text}</p>
          </div>
        )}
        <div>
          <h3>{texts.footer_contact}</h3>
          {tenant.address && <p>{tenant.address}</p>}
          {tenant.phone && (
            <p>
              <PhoneLink phone={tenant.phone} />
            </p>
          )}
        </div>
        <div>
          <h3>{texts.footer_site}</h3>
          <ul>
            <li>
              <Link href={pathTo(tenant.id, "home", "tramites")}>{texts.nav_procedures}</Link>
            </li>
            <li>
              <Link href={pathTo(tenant.id, "home", "oficinas")}>{texts.nav_offices}</Link>
            </li>
            <li>
              <Link href={pathTo(tenant.id, "complaint")}>{texts.nav_complaint}</Link>
            </li>
          </ul>
        </div>
        <OtherTenants tenant={tenant} />
      </div>
      <p className={`page-width ${styles.made}`}>{texts.footer_made}</p>
    </footer>
  );
}

/** A plain link: the simulated telephones are no page of an office, and have no chat. */
function SimulatorLink() {
  const { data } = useQuery(simulatorQuery);
  if (!data) return null;
  return (
    <p>
      <a href={SIMULATOR_PATH}>{texts.demo_simulator}</a>
    </p>
  );
}

/** Links to the other demo offices. They are an extra: when they cannot be read, nothing is said. */
function OtherTenants({ tenant }: { tenant: Tenant }) {
  const { data } = useQuery(tenantsQuery);
  const others = data?.items.filter((item) => item.id !== tenant.id) ?? [];
  if (others.length === 0) return null;
  return (
    <div>
      <h3>{texts.other_title}</h3>
      <ul>
        {others.map((other) => (
          <li key={other.id}>
            <a href={pathTo(other.id, "home")}>{other.name}</a>
          </li>
        ))}
      </ul>
    </div>
  );
}
