/** Show a stored RUT ("15482903-2") as people write it: 15.482.903-2. */
export function shownRut(rut: string): string {
  const [number = "", check] = rut.split("-");
  return check ? `${number.replace(/\B(?=(\d{3})+$)/g, ".")}-${check}` : rut;
}
