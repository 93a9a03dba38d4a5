import type { components } from "@/shared/api/generated/scheduler";
import { read, scheduler } from "../api/clients";
import type { Exception } from "./catalogue";

export type ExceptionBody = components["schemas"]["ExceptionIn"];

const path = (exception: Exception) => ({ exception_id: exception.id });

export const addException = (body: ExceptionBody, key: string): Promise<Exception> =>
  read(scheduler.POST("/v1/exceptions", { params: { header: { "Idempotency-Key": key } }, body }));

export const changeException = (exception: Exception, body: ExceptionBody): Promise<Exception> =>
  read(
    scheduler.PUT("/v1/exceptions/{exception_id}", {
      params: { path: path(exception), header: { "If-Match": `"${exception.version}"` } },
      body,
    }),
  );

export const removeException = (exception: Exception): Promise<unknown> =>
  read(scheduler.DELETE("/v1/exceptions/{exception_id}", { params: { path: path(exception) } }));
