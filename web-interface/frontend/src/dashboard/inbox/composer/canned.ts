/** Put the citizen's name into a canned answer. Without a name the sentence closes over the gap: "Hola {nombre}," → "Hola,". */
export function filled(text: string, name: string | null): string {
  const first = name?.trim();
  return first ? text.replaceAll("{nombre}", () => first) : text.replaceAll(/[ \t]*\{nombre\}/g, "");
}
