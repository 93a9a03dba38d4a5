import { type ComponentType, lazy, type LazyExoticComponent } from "react";

export type SectionId =
  | "institution"
  | "offices"
  | "procedures"
  | "hours"
  | "exceptions"
  | "booking"
  | "people"
  | "channels"
  | "audit";

/** What can be set, in the order of the list. Each section is a chunk of its own, below its path. */
export const SECTIONS: readonly { id: SectionId; path: string; Component: LazyExoticComponent<ComponentType> }[] = [
  { id: "institution", path: "/ajustes/institucion", Component: lazy(() => import("./institution/InstitutionSection")) },
  { id: "offices", path: "/ajustes/oficinas", Component: lazy(() => import("./catalogue/OfficesSection")) },
  { id: "procedures", path: "/ajustes/tramites", Component: lazy(() => import("./catalogue/ProceduresSection")) },
  { id: "hours", path: "/ajustes/horarios", Component: lazy(() => import("./catalogue/HoursSection")) },
  { id: "exceptions", path: "/ajustes/cierres", Component: lazy(() => import("./catalogue/ExceptionsSection")) },
  { id: "booking", path: "/ajustes/reservas", Component: lazy(() => import("./catalogue/BookingSection")) },
  { id: "people", path: "/ajustes/personas", Component: lazy(() => import("./people/PeopleSection")) },
  { id: "channels", path: "/ajustes/canales", Component: lazy(() => import("./channels/ChannelsSection")) },
  { id: "audit", path: "/ajustes/registro", Component: lazy(() => import("./audit/AuditSection")) },
];
