import { PANEL_PATH } from "@/shared/ui/navigation";
import type { Role } from "../session/store";
import type { PanelIconName } from "../ui/PanelIcon";
import { type Preloadable, preloadable } from "./preloadable";

export type PageId = "inbox" | "agenda" | "complaints" | "knowledge" | "numbers" | "health" | "settings";

type PanelPage = {
  id: PageId;
  /** Below /panel; everything under it belongs to the page. */
  path: string;
  icon: PanelIconName;
  /** The least role that sees it. */
  role: Role;
  Component: Preloadable;
};

/** The pages, in the order of the navigation. Each is a chunk of its own, with its texts. */
export const PAGES: readonly PanelPage[] = [
  { id: "inbox", path: "/conversaciones", icon: "chat", role: "viewer", Component: preloadable(() => import("../inbox/InboxPage")) },
  { id: "agenda", path: "/agenda", icon: "calendar", role: "viewer", Component: preloadable(() => import("../agenda/AgendaPage")) },
  {
    id: "complaints",
    path: "/reclamos",
    icon: "megaphone",
    role: "viewer",
    Component: preloadable(() => import("../complaints/ComplaintsPage")),
  },
  {
    id: "knowledge",
    path: "/conocimiento",
    icon: "book",
    role: "viewer",
    Component: preloadable(() => import("../knowledge/KnowledgePage")),
  },
  { id: "numbers", path: "/cifras", icon: "chart", role: "viewer", Component: preloadable(() => import("../numbers/NumbersPage")) },
  { id: "health", path: "/salud", icon: "pulse", role: "admin", Component: preloadable(() => import("../health/HealthPage")) },
  { id: "settings", path: "/ajustes", icon: "gear", role: "admin", Component: preloadable(() => import("../settings/SettingsPage")) },
];

/** Fetch the code of the page that an address leads to. Fails silently: whoever shows it tries again. */
export async function preloadPage(address: string): Promise<void> {
  const page = PAGES.find(({ path }) => address.startsWith(`${PANEL_PATH}${path}`)) ?? PAGES[0]!;
  await page.Component.preload().catch(() => undefined);
}

export const LOGIN_PATH = "/ingresar";
