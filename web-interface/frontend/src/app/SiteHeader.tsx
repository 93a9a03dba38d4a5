import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { tenantsQuery } from "@/shared/api/queries";
import type { Tenant } from "@/shared/api/schemas";
import { Icon } from "@/shared/ui/Icon";
import { Link, pathTo } from "@/shared/ui/navigation";
import { fill } from "@/shared/ui/text";
import { Emblem } from "./Emblem";
import texts from "./es-CL.json";
import styles from "./SiteHeader.module.css";

type Props = { tenant: Tenant; page: "home" | "complaint" };

export function SiteHeader({ tenant, page }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  const [kind, place] = splitName(tenant);
  const links = [
    { href: pathTo(tenant.id, "home", "tramites"), text: texts.nav_procedures },
    { href: pathTo(tenant.id, "home", "como-funciona"), text: texts.nav_how },
    { href: pathTo(tenant.id, "home", "oficinas"), text: texts.nav_offices },
    { href: pathTo(tenant.id, "complaint"), text: texts.nav_complaint, current: page === "complaint" },
  ];

  return (
    <header className={styles.header}>
      <DemoStrip tenant={tenant} />
      <div className={`page-width ${styles.bar}`}>
        <Link
          className={styles.brand}
          href={pathTo(tenant.id, "home")}
          aria-label={fill(texts.home_link, { name: tenant.name })}
          onClickCapture={close}
        >
          <Emblem tenant={tenant.id} />
          <span>
            {kind && <span className={styles.kind}>{kind}</span>}
            <span className={styles.name}>{place}</span>
          </span>
        </Link>
        <button
          type="button"
          className={styles.menuButton}
          aria-expanded={isOpen}
          aria-controls="menu"
          onClick={() => setIsOpen(!isOpen)}
        >
          <Icon name={isOpen ? "close" : "menu"} />
          {texts.menu}
        </button>
        <nav id="menu" className={styles.nav} data-open={isOpen} aria-label={texts.nav_label}>
          <ul>
            {links.map(({ href, text, current }) => (
              <li key={href}>
                <Link href={href} aria-current={current ? "page" : undefined} onClickCapture={close}>
                  {text}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      </div>
    </header>
  );
}

function DemoStrip({ tenant }: { tenant: Tenant }) {
  const { data } = useQuery(tenantsQuery);
  const other = data?.items.find((item) => item.id !== tenant.id);
  return (
    <div className={styles.strip}>
      <div className={`page-width ${styles.stripRow}`}>
        <p>{fill(texts.demo_strip, { place: tenant.short_name ?? tenant.name })}</p>
        {other && (
          // A plain link: the other office has its own chat, so its page is loaded anew.
          <a href={pathTo(other.id, "home")}>{fill(texts.other_strip, { name: other.name.replace(/^Municipalidad de /, "") })}</a>
        )}
      </div>
    </div>
  );
}

/** "Municipalidad de Valle Claro" is written in two lines: what it is, and its name. */
function splitName(tenant: Tenant): [string | null, string] {
  const place = tenant.short_name;
  if (!place || !tenant.name.endsWith(place)) return [null, tenant.name];
  return [tenant.name.slice(0, -place.length).trim(), place];
}
