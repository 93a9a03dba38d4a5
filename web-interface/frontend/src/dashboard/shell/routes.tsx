import { type ComponentType, lazy, type LazyExoticComponent } from "react";
import type { Role } from "../session/store";
import type { PanelIconName } from "../ui/PanelIcon";

export type PageId = "inbox" | "agenda" | "complaints" | "knowledge" | "numbers" | "health" | "settings";

type PanelPage = {
  id: PageId;
  /** Below /panel; everything under it belongs to the page. */
  path: string;
  icon: PanelIconName;
  /** The least role that sees it. */
  role: Role;
  Component: LazyExoticComponent<ComponentType>;
};

/** The pages, in the order of the navigation. Each is a chunk of its own, with its texts. */
export const PAGES: readonly PanelPage[] = [
  { id: "inbox", path: "/conversaciones", icon: "chat", role: "viewer", Component: lazy(() => import("../inbox/InboxPage")) },
  { id: "agenda", path: "/agenda", icon: "calendar", role: "viewer", Component: lazy(() => import("../agenda/AgendaPage")) },
  {
    id: "complaints",
    path: "/reclamos",
    icon: "megaphone",
    role: "viewer",
    Component: lazy(() => import("../complaints/ComplaintsPage")),
  },
  {
    id: "knowledge",
    path: "/conocimiento",
    icon: "book",
    role: "viewer",
    Component: lazy(() => import("../knowledge/KnowledgePage")),
  },
  { id: "numbers", path: "/cifras", icon: "chart", role: "viewer", Component: lazy(() => import("../numbers/NumbersPage")) },
  { id: "health", path: "/salud", icon: "pulse", role: "admin", Component: lazy(() => import("../health/HealthPage")) },
  { id: "settings", path: "/ajustes", icon: "gear", role: "admin", Component: lazy(() => import("../settings/SettingsPage")) },
];

export const LOGIN_PATH = "/ingresar";
