import { type ComponentType, lazy, type LazyExoticComponent } from "react";

export type SectionId = "institution" | "people" | "channels" | "audit";

/** What can be set, in the order of the list. Each section is a chunk of its own, below its path. */
export const SECTIONS: readonly { id: SectionId; path: string; Component: LazyExoticComponent<ComponentType> }[] = [
  { id: "institution", path: "/ajustes/institucion", Component: lazy(() => import("./institution/InstitutionSection")) },
  { id: "people", path: "/ajustes/personas", Component: lazy(() => import("./people/PeopleSection")) },
  { id: "channels", path: "/ajustes/canales", Component: lazy(() => import("./channels/ChannelsSection")) },
  { id: "audit", path: "/ajustes/registro", Component: lazy(() => import("./audit/AuditSection")) },
];
