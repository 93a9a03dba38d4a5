/** Write a moment in the office's zone: `21 de noviembre de 2026, 10:15`. */
export function formatMoment(iso: string, timeZone: string | null): string {
  const zone = timeZone ? { timeZone } : {};
  const moment = new Date(iso);
  const day = moment.toLocaleDateString("es-CL", { ...zone, day: "numeric", month: "long", year: "numeric" });
  const time = moment.toLocaleTimeString("es-CL", { ...zone, hour: "2-digit", minute: "2-digit", hour12: false });
  return `${day}, ${time}`;
}

/** Write a calendar day, which has no zone: `viernes 27 de noviembre`. */
export function formatDay(iso: string): string {
  return new Date(`${iso}T00:00:00Z`)
    .toLocaleDateString("es-CL", { timeZone: "UTC", weekday: "long", day: "numeric", month: "long" })
    .replace(",", "");
}
