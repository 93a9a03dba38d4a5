/** The gateway's own paths (docs/api/chat.openapi.json): operations. They carry their whole address. */
import createClient from "openapi-fetch";
import type { paths } from "@/shared/api/generated/chat";
import { panelFetch } from "./fetch";

export const gateway = createClient<paths>({ baseUrl: window.location.origin, fetch: panelFetch });
