/** The zones of Chile, and its regions by their ISO 3166-2 code from north to south. */
export const ZONES = ["America/Santiago", "America/Punta_Arenas", "America/Coyhaique", "Pacific/Easter"] as const;

export const REGIONS = [
  ["AP", "Arica y Parinacota"],
  ["TA", "Tarapacá"],
  ["AN", "Antofagasta"],
  ["AT", "Atacama"],
  ["CO", "Coquimbo"],
  ["VS", "Valparaíso"],
  ["RM", "Metropolitana de Santiago"],
  ["LI", "O'Higgins"],
  ["ML", "Maule"],
  ["NB", "Ñuble"],
  ["BI", "Biobío"],
  ["AR", "La Araucanía"],
  ["LR", "Los Ríos"],
  ["LL", "Los Lagos"],
  ["AI", "Aysén"],
  ["MA", "Magallanes"],
] as const;
