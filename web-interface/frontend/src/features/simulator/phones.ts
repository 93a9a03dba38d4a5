/** The telephones of this browser: kept here, because the simulator forgets them when it is started anew. */
import * as z from "zod/mini";

const KEY = "munbot-simulator-phones";
export const MAX_PHONES = 8;

const PhonesSchema = z.array(z.object({ number: z.string().check(z.regex(/^\d{8,15}$/)), name: z.string(), account: z.string() }));
export type SavedPhone = z.infer<typeof PhonesSchema>[number];

export function loadPhones(storage: Storage): SavedPhone[] | null {
  try {
    const found = PhonesSchema.safeParse(JSON.parse(storage.getItem(KEY) ?? "null"));
    return found.success ? found.data.slice(0, MAX_PHONES) : null;
  } catch {
    return null;
  }
}

export function savePhones(storage: Storage, phones: SavedPhone[]): void {
  try {
    storage.setItem(KEY, JSON.stringify(phones));
  } catch {
    // A browser that keeps nothing: the telephones last as long as the page.
  }
}

/** A Chilean mobile number that is nobody's here. */
export function newNumber(): string {
  const [part] = crypto.getRandomValues(new Uint32Array(1));
  return `569${String(10_000_000 + (part! % 90_000_000))}`;
}

/** The first name that no telephone has yet. */
export function newName(names: string[], phones: SavedPhone[]): string {
  const taken = new Set(phones.map((phone) => phone.name));
  return names.find((name) => !taken.has(name)) ?? `${names[0]!} ${phones.length + 1}`;
}

/** `56912345678` as people write it; mobiles, and fixed telephones of Santiago. */
export function readable(number: string): string {
  const found = /^\+?56([29])(\d{4})(\d{4})$/.exec(number);
  return found ? `+56 ${found[1]} ${found[2]} ${found[3]}` : `+${number.replace(/^\+/, "")}`;
}
