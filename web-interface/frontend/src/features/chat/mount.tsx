/**
 * The widget's entry: `<script src="/widget.js" data-tenant="valle-claro" async></script>`.
 *
 * Also `data-server` (another origin than the script's own), `data-lang="en"` and `data-open` (start opened). Pages open
 * it by `window.Munbot.open("Quiero pedir una hora")` or by any element with `data-munbot-open="…"`.
 */
import { createRoot } from "react-dom/client";
import { localeOf } from "@/shared/i18n";
import { LIMIT } from "./components/Composer";
import { ChatEngine } from "./engine/engine";
import { httpGateway } from "./engine/gateway";
import type { Tenant } from "./engine/protocol";
import { browserStore, ChatStorage } from "./engine/storage";
import { socketTransport } from "./engine/transport";
import { palette } from "./format/palette";
import { PanelSwitch } from "./panelSwitch";
import { Widget } from "./Widget";
import styles from "./widget.css?inline";

export interface MunbotApi {
  /** Open the chat; with a text, say it as the citizen. */
  open: (text?: string) => void;
  close: () => void;
  toggle: () => void;
}

/** The page sees the handle as `window.Munbot`. */
const page = window as unknown as { Munbot?: MunbotApi };

export interface WidgetOptions {
  tenant: string;
  server: string;
  lang?: string | undefined;
  open?: boolean;
}

const HOST_ID = "munbot-widget";

/** Put the styles into the shadow root only. A constructed sheet also passes pages whose CSP forbids inline styles. */
function dress(shadow: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    shadow.adoptedStyleSheets = [sheet];
  } catch {
    const style = document.createElement("style");
    style.textContent = styles;
    shadow.append(style);
  }
}

function paint(host: HTMLElement, colors: Record<string, string> | null | undefined): void {
  for (const theme of ["light", "dark"] as const) {
    const { fill, onFill, accent } = palette(colors?.primary, theme);
    host.style.setProperty(`--mb-${theme}-primary`, fill);
    host.style.setProperty(`--mb-${theme}-on-primary`, onFill);
    host.style.setProperty(`--mb-${theme}-accent`, accent);
    host.style.setProperty(`--mb-${theme}-ribbon`, palette(colors?.secondary ?? colors?.primary, theme).fill);
  }
}

/** Build the widget at the end of the page and return its handle. A second call returns the first one's. */
export function mountWidget(options: WidgetOptions): MunbotApi {
  if (page.Munbot && document.getElementById(HOST_ID)) return page.Munbot;
  const host = document.createElement("munbot-widget");
  host.id = HOST_ID;
  const shadow = host.attachShadow({ mode: "open" });
  dress(shadow);
  paint(host, null);
  const root = document.createElement("div");
  shadow.append(root);
  document.body.append(host);

  const gateway = httpGateway(options.server);
  const storage = new ChatStorage(options.tenant, browserStore());
  const engine = new ChatEngine({
    tenant: options.tenant,
    server: options.server,
    gateway,
    storage,
    transport: socketTransport,
  });
  const panel = new PanelSwitch(options.open ?? false);
  const loadTenant = () => gateway.tenant(options.tenant);
  const onTenant = (tenant: Tenant) => paint(host, tenant.colors);
  createRoot(root).render(
    <Widget
      engine={engine}
      storage={storage}
      panel={panel}
      locale={localeOf(options.lang)}
      loadTenant={loadTenant}
      onTenant={onTenant}
    />,
  );

  const api: MunbotApi = {
    open: (text) => {
      panel.open();
      const words = text?.trim().slice(0, LIMIT);
      if (words) engine.send(words);
    },
    close: () => panel.close(),
    toggle: () => panel.toggle(),
  };
  page.Munbot = api;
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest("[data-munbot-open]") : null;
    if (!target) return;
    event.preventDefault();
    api.open(target.getAttribute("data-munbot-open") ?? "");
  });
  return api;
}

function begin(script: HTMLScriptElement): void {
  const { tenant, server, lang, open } = script.dataset;
  if (!tenant) {
    console.error("munbot: the script element needs data-tenant");
    return;
  }
  const own = script.src ? new URL(script.src, location.href).origin : location.origin;
  const mount = () =>
    mountWidget({
      tenant,
      server: (server ?? own).replace(/\/+$/, ""),
      lang,
      open: open !== undefined && open !== "false",
    });
  if (document.body) mount();
  else document.addEventListener("DOMContentLoaded", mount, { once: true });
}

// currentScript is only known while the script runs for the first time, and never for a module (the dev server's case).
const script = document.currentScript ?? document.querySelector("script[data-tenant]");
if (script instanceof HTMLScriptElement) begin(script);
