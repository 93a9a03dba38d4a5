import type { Entry } from "@/features/simulator/api/schemas";

/** A message as the simulator tells it, with what a test says about it. */
export function entryOf(values: Partial<Entry>): Entry {
  return {
    id: "wamid.a",
    seq: values.position ?? 1,
    position: 1,
    phone: "56911112222",
    account: "valle-claro",
    author: "citizen",
    kind: "text",
    at: "2026-11-23T12:00:00Z",
    status: "delivered",
    text: "",
    header: "",
    footer: "",
    buttons: [],
    options: null,
    choice_id: null,
    file: null,
    location: null,
    reply_to: null,
    template: null,
    reference: null,
    error_code: null,
    undelivered: null,
    ...values,
  };
}
