import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from "react";

/** The office that the bare address shows. */
export const DEFAULT_TENANT = "valle-claro";

export type Page = "home" | "complaint" | "simulator" | "panel" | "unknown";
export type Place = { tenant: string; page: Page };

const PATH = /^(?:\/t\/([a-z0-9][a-z0-9-]{0,63}))?(\/reclamo)?\/*$/;

/** The telephones that write as by WhatsApp. They belong to no office, and are there in a demo only. */
export const SIMULATOR_PATH = "/simulator";

/** The staff's pages, which have routes of their own (src/dashboard). */
export const PANEL_PATH = "/panel";

/** Read a path: `/`, `/reclamo`, `/t/<tenant>/`, `/t/<tenant>/reclamo`, `/simulator` and `/panel…`. */
export function readPath(path: string): Place {
  if (path === PANEL_PATH || path.startsWith(`${PANEL_PATH}/`)) return { tenant: DEFAULT_TENANT, page: "panel" };
  if (path.replace(/\/+$/, "") === SIMULATOR_PATH) return { tenant: DEFAULT_TENANT, page: "simulator" };
  const found = PATH.exec(path.replace(/\/+$/, "") || "/");
  if (!found) return { tenant: DEFAULT_TENANT, page: "unknown" };
  return { tenant: found[1] ?? DEFAULT_TENANT, page: found[2] ? "complaint" : "home" };
}

/** The address of a page of an office; the default office keeps the short one. */
export function pathTo(tenant: string, page: "home" | "complaint", anchor = ""): string {
  const base = tenant === DEFAULT_TENANT ? "/" : `/t/${tenant}/`;
  return `${base}${page === "complaint" ? "reclamo" : ""}${anchor && `#${anchor}`}`;
}

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}

export function useLocationKey(): string {
  return useSyncExternalStore(subscribe, () => window.location.pathname + window.location.hash);
}

/** Go to another page of the site without loading it anew, so that an open chat stays open. */
export function goTo(href: string): void {
  window.history.pushState(null, "", href);
  for (const listener of listeners) listener();
}

function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

/** Going to a section of the page that is shown is the browser's own work, also the second time. */
function isWithinPage(href: string): boolean {
  const target = new URL(href, window.location.href);
  return target.hash !== "" && target.pathname === window.location.pathname;
}

/** A link inside the site. */
export function Link({ href, children, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  return (
    <a
      href={href}
      {...rest}
      onClick={(event) => {
        if (!isPlainClick(event) || isWithinPage(href)) return;
        event.preventDefault();
        goTo(href);
      }}
    >
      {children}
    </a>
  );
}
