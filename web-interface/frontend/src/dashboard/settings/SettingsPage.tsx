import { Suspense } from "react";
import { Link, Redirect, Route, Switch, useLocation } from "wouter";
import { Page } from "../ui/Page";
import { LoadingRows } from "../ui/States";
import { SECTIONS } from "./sections";
import styles from "./Settings.module.css";
import { useSettingsTexts } from "./texts";

export default function SettingsPage() {
  const t = useSettingsTexts();
  const [location] = useLocation();
  return (
    <Page title={t("title")}>
      <div className={styles.columns}>
        <nav aria-label={t("sections")}>
          <ul className={styles.sections}>
            {SECTIONS.map(({ id, path }) => (
              <li key={id}>
                <Link href={path} aria-current={location.startsWith(path) ? "page" : undefined}>
                  {t(id)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className={styles.section}>
          <Suspense fallback={<LoadingRows />}>
            <Switch>
              {SECTIONS.map(({ id, path, Component }) => (
                <Route key={id} path={`${path}/*?`} component={Component} />
              ))}
              <Route>
                <Redirect to={SECTIONS[0]!.path} replace />
              </Route>
            </Switch>
          </Suspense>
        </div>
      </div>
    </Page>
  );
}
