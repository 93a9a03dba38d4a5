import { Suspense, useEffect, useState } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { applyTheme } from "@/app/theme";
import { Emblem } from "@/app/Emblem";
import { isAtLeast, useMe } from "../session/store";
import { IconButton } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { useTenant } from "../ui/format";
import { Page } from "../ui/Page";
import { EmptyState, LoadingRows } from "../ui/States";
import { AccountMenu } from "./AccountMenu";
import { ConnectionBanner } from "./ConnectionBanner";
import styles from "./Frame.module.css";
import { Navigation } from "./Navigation";
import { PageBoundary } from "./PageBoundary";
import { LOGIN_PATH, PAGES } from "./routes";
import { useShellTexts } from "./texts";

/** What stands around every page of somebody who is logged in. */
export function Frame() {
  const t = useShellTexts();
  const me = useMe();
  const tenant = useTenant();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (tenant) applyTheme(tenant.colors);
  }, [tenant]);

  return (
    <div className={styles.frame}>
      <a className="skip-link" href="#contenido">
        {t("skip")}
      </a>
      <header className={styles.top}>
        <span className={styles.menuButton}>
          <IconButton label={t("open_navigation")} icon="menu" onClick={() => setOpen(true)} />
        </span>
        <p className={styles.office}>
          {tenant && <Emblem tenant={tenant.id} />}
          <span className={styles.officeName}>{tenant?.short_name ?? tenant?.name ?? t("panel")}</span>
        </p>
        <AccountMenu me={me} />
      </header>
      <div className={styles.side}>
        <Navigation role={me.role} />
      </div>
      {isOpen && (
        <Dialog title={t("navigation")} place="start" onClose={() => setOpen(false)}>
          <Navigation role={me.role} onGo={() => setOpen(false)} />
        </Dialog>
      )}
      <main id="contenido" tabIndex={-1} className={styles.main}>
        <ConnectionBanner />
        <Pages />
      </main>
    </div>
  );
}

function Pages() {
  const { role } = useMe();
  const [location] = useLocation();
  const allowed = PAGES.filter((page) => isAtLeast(role, page.role));
  const section = location.split("/")[1];
  return (
    <PageBoundary key={section}>
      <Suspense fallback={<LoadingRows />}>
        <Switch>
          {allowed.map(({ id, path, Component }) => (
            <Route key={id} path={`${path}/*?`} component={Component} />
          ))}
          <Route path="/">
            <Redirect to={allowed[0]!.path} replace />
          </Route>
          <Route path={LOGIN_PATH}>
            <Redirect to={allowed[0]!.path} replace />
          </Route>
          <Route>
            <Unknown />
          </Route>
        </Switch>
      </Suspense>
    </PageBoundary>
  );
}

function Unknown() {
  const t = useShellTexts();
  return (
    <Page title={t("unknown_title")}>
      <EmptyState icon="search" title={t("unknown_text")} />
    </Page>
  );
}
