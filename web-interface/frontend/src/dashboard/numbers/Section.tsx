import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Card } from "../ui/Page";
import { ErrorNotice, LoadingRows } from "../ui/States";

type Props<Data> = { title: string; query: UseQueryResult<Data>; children: (data: Data) => ReactNode };

/** The numbers of one service: each waits, and fails, for itself. */
export function Section<Data>({ title, query, children }: Props<Data>) {
  return (
    <Card title={title}>
      {query.error && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && !query.error && children(query.data)}
      {query.isPending && <LoadingRows rows={4} />}
    </Card>
  );
}
