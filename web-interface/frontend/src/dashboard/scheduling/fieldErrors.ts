import { ApiError } from "@/shared/api/problem";
import * as z from "zod/mini";

const ErrorsSchema = z.object({ errors: z.array(z.object({ field: z.string(), detail: z.string() })) });

/** What the service found wrong with each field: `{"citizen.rut": "El RUT no es válido"}`. */
export function fieldErrors(error: unknown): Record<string, string> {
  const parsed = ErrorsSchema.safeParse(error instanceof ApiError ? error.problem : null);
  return parsed.success ? Object.fromEntries(parsed.data.errors.map(({ field, detail }) => [field, detail])) : {};
}
