import { Link, useLocation } from "wouter";
import { isAtLeast, type Role } from "../session/store";
import { Count } from "../ui/Badge";
import { PanelIcon } from "../ui/PanelIcon";
import styles from "./Navigation.module.css";
import { PAGES } from "./routes";
import { useShellTexts } from "./texts";
import { useWaiting } from "./useWaiting";

/** The sections that a role may see. */
export function Navigation({ role, onGo }: { role: Role; onGo?: () => void }) {
  const t = useShellTexts();
  const [location] = useLocation();
  const waiting = useWaiting();
  return (
    <nav aria-label={t("navigation")}>
      <ul className={styles.list}>
        {PAGES.filter((page) => isAtLeast(role, page.role)).map(({ id, path, icon }) => {
          const isHere = location === path || location.startsWith(`${path}/`);
          return (
            <li key={id}>
              <Link href={path} className={styles.link} aria-current={isHere ? "page" : undefined} onClick={onGo}>
                <PanelIcon name={icon} size="1.4rem" />
                <span>{t(id)}</span>
                {id === "inbox" && <Count value={waiting} label={t("waiting", { count: waiting })} />}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
