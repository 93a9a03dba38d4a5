import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef } from "react";
import { HomePage } from "@/features/home/HomePage";
import { ApiError } from "@/shared/api/problem";
import { tenantQuery } from "@/shared/api/queries";
import type { Tenant } from "@/shared/api/schemas";
import { loadWidget } from "@/shared/ui/munbot";
import { type Page, pathTo, readPath, useLocationKey } from "@/shared/ui/navigation";
import { fill } from "@/shared/ui/text";
import { AwayPage, LoadingPage, UnknownPage } from "./StatePages";
import { SiteFooter } from "./SiteFooter";
import { SiteHeader } from "./SiteHeader";
import texts from "./es-CL.json";
import { applyTheme } from "./theme";

const ComplaintPage = lazy(() => import("@/features/complaint/ComplaintPage"));
const DashboardApp = lazy(() => import("@/dashboard/DashboardApp"));
const SimulatorPage = lazy(() => import("@/features/simulator/SimulatorPage"));

const TITLES: Record<Exclude<Page, "simulator" | "panel">, string> = {
  home: texts.title_home,
  complaint: texts.title_complaint,
  unknown: texts.title_unknown,
};

export function App() {
  useLocationKey();
  const { tenant, page } = readPath(window.location.pathname);
  if (page === "simulator") {
    return (
      <Suspense>
        <SimulatorPage />
      </Suspense>
    );
  }
  if (page === "panel") {
    return (
      <Suspense>
        <DashboardApp />
      </Suspense>
    );
  }
  return <OfficeSite id={tenant} page={page} />;
}

function OfficeSite({ id, page }: { id: string; page: Exclude<Page, "simulator" | "panel"> }) {
  const { data: tenant, error, isFetching, refetch } = useQuery(tenantQuery(id));

  if (page === "unknown") {
    return <UnknownPage title={texts.unknown_page_title} text={texts.unknown_page_text} href={pathTo(id, "home")} />;
  }
  if (tenant) return <Site tenant={tenant} page={page} />;
  if (error instanceof ApiError && (error.kind === "not_found" || error.kind === "invalid")) {
    return (
      <UnknownPage title={texts.unknown_tenant_title} text={fill(texts.unknown_tenant_text, { tenant: id })} href="/" />
    );
  }
  if (error) return <AwayPage isRetrying={isFetching} onRetry={() => void refetch()} />;
  return <LoadingPage />;
}

function Site({ tenant, page }: { tenant: Tenant; page: "home" | "complaint" }) {
  useEffect(() => {
    applyTheme(tenant.colors);
    loadWidget(tenant.id);
  }, [tenant]);
  const title = fill(TITLES[page], { name: tenant.name });
  const main = useMoveToContent(title);

  return (
    <>
      <title>{title}</title>
      <a className="skip-link" href="#contenido">
        {texts.skip}
      </a>
      <SiteHeader tenant={tenant} page={page} />
      <main id="contenido" ref={main} tabIndex={-1}>
        {page === "complaint" ? (
          <Suspense fallback={<div style={{ minHeight: "60vh" }} />}>
            <ComplaintPage tenant={tenant} />
          </Suspense>
        ) : (
          <HomePage tenant={tenant} />
        )}
      </main>
      <SiteFooter tenant={tenant} />
    </>
  );
}

/** After going to another page: show its top (or the section that the address names) and let screen readers begin there. */
function useMoveToContent(title: string) {
  const main = useRef<HTMLElement>(null);
  const key = useLocationKey();
  const shown = useRef<string | null>(null);
  useEffect(() => {
    const before = shown.current;
    shown.current = key;
    const id = decodeURIComponent(window.location.hash.slice(1));
    if (before === null && !id) return;
    if (before === key) return;
    const target = (id && document.getElementById(id)) || main.current;
    target?.focus({ preventScroll: true });
    if (id) target?.scrollIntoView();
    else window.scrollTo({ top: 0, behavior: "instant" });
  }, [key, title]);
  return main;
}
