import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { conversations, read, scheduler } from "../../api/clients";
import { Button } from "../../ui/Button";
import { SelectField, TextField } from "../../ui/Fields";
import { useFormats } from "../../ui/format";
import { Card } from "../../ui/Page";
import { EmptyState, ErrorNotice, LoadingRows, LoadMore } from "../../ui/States";
import { Table } from "../../ui/Table";
import { useToast } from "../../ui/Toast";
import styles from "../Settings.module.css";
import { Changes } from "./Changes";
import { ACTIONS, nameKey } from "./names";
import { useAuditTexts } from "./texts";

type Area = "conversations" | "scheduler";
const AREAS: readonly Area[] = ["conversations", "scheduler"];

type Entry = {
  id: string | number;
  at: string;
  actor: string;
  actor_role: string;
  action: string;
  object_type: string;
  object_id: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
};
type Wanted = { object: string; action: string };
type EntryPage = { items: Entry[]; next: string | null };

/** One page of a service's log, the newest first. */
async function pageOf(area: Area, wanted: Wanted, cursor: string | null, signal: AbortSignal): Promise<EntryPage> {
  if (area === "scheduler") {
    const query = { limit: 50, ...(cursor ? { cursor } : {}) };
    const page = await read(scheduler.GET("/v1/audit", { params: { query }, signal }));
    return { items: page.items, next: page.next_cursor ?? null };
  }
  const query = {
    limit: 50,
    ...(cursor ? { before: Number(cursor) } : {}),
    ...(wanted.object ? { object_id: wanted.object } : {}),
    ...(wanted.action ? { action: wanted.action } : {}),
  };
  const page = await read(conversations.GET("/v1/audit", { params: { query }, signal }));
  return { items: page.items, next: page.next_before === null ? null : String(page.next_before) };
}

/** What was done, by whom, and what it was before. */
export default function AuditSection() {
  const t = useAuditTexts();
  const formats = useFormats();
  const [area, setArea] = useState<Area>("conversations");
  const [object, setObject] = useState("");
  const [action, setAction] = useState("");
  const wanted: Wanted = area === "conversations" ? { object: object.trim(), action } : { object: "", action: "" };
  const log = useInfiniteQuery({
    queryKey: ["settings", "audit", area, wanted.object, wanted.action],
    queryFn: ({ pageParam, signal }) => pageOf(area, wanted, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const people = useQuery({
    queryKey: ["settings", "people"],
    queryFn: ({ signal }) => read(conversations.GET("/v1/agents", { signal })),
  });
  const nameOf = (id: string) => people.data?.items.find((person) => person.id === id)?.name;
  const actorOf = (entry: Entry) =>
    nameOf(entry.actor) ?? (entry.actor_role === "service" ? t("service") : entry.actor);
  const named = (group: "act" | "obj", word: string) => {
    const key = nameKey(group, word);
    return key ? t(key) : word;
  };
  const rows = log.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card title={t("title")} actions={area === "conversations" && <VerifyButton />}>
      <div className={styles.filters}>
        <SelectField label={t("area")} value={area} onChange={(event) => setArea(event.target.value as Area)}>
          {AREAS.map((each) => (
            <option key={each} value={each}>
              {t(`area_${each}`)}
            </option>
          ))}
        </SelectField>
        {area === "conversations" && (
          <SelectField label={t("action")} value={action} onChange={(event) => setAction(event.target.value)}>
            <option value="">{t("all_actions")}</option>
            {ACTIONS.map((each) => (
              <option key={each} value={each}>
                {named("act", each)}
              </option>
            ))}
          </SelectField>
        )}
        {area === "conversations" && (
          <TextField
            label={t("object_filter")}
            hint={t("object_hint")}
            maxLength={100}
            value={object}
            onChange={(event) => setObject(event.target.value)}
          />
        )}
      </div>
      {log.isPending && <LoadingRows />}
      {log.error && <ErrorNotice error={log.error} onRetry={() => void log.refetch()} />}
      {log.data && rows.length === 0 && <EmptyState icon="note" title={t("empty")} />}
      {rows.length > 0 && (
        <Table
          caption={t("list")}
          rows={rows}
          keyOf={(entry) => String(entry.id)}
          columns={[
            { id: "at", title: t("at"), cell: (entry) => formats.dateTime(entry.at) },
            { id: "actor", title: t("actor"), cell: actorOf },
            { id: "action", title: t("action"), cell: (entry) => named("act", entry.action) },
            {
              id: "object",
              title: t("object"),
              cell: (entry) => (
                <About entry={entry} type={named("obj", entry.object_type)} name={nameOf(entry.object_id)} />
              ),
            },
            { id: "change", title: t("change"), cell: (entry) => <Changes before={entry.before} after={entry.after} /> },
          ]}
        />
      )}
      <LoadMore has={log.hasNextPage} busy={log.isFetchingNextPage} onMore={() => void log.fetchNextPage()} />
    </Card>
  );
}

/** What an entry is about: somebody by name, a conversation by a link, everything else by its identifier. */
function About({ entry, type, name }: { entry: Entry; type: string; name: string | undefined }) {
  const t = useAuditTexts();
  if (name) return `${type}: ${name}`;
  if (entry.object_type === "conversation")
    return <Link href={`/conversaciones/${entry.object_id}`}>{t("object_open")}</Link>;
  return (
    <>
      {type} <span className={styles.code}>{entry.object_id}</span>
    </>
  );
}

/** Computes the log's chain of hashes anew. */
function VerifyButton() {
  const t = useAuditTexts();
  const toast = useToast();
  const verify = useMutation({
    mutationFn: () => read(conversations.GET("/v1/audit/verify")),
    onError: (error) => toast.failed(error),
  });
  const found = verify.data;
  return (
    <div className={styles.row}>
      <p role="status" className={styles.soft}>
        {found?.ok && t("intact", { count: found.entries })}
        {found?.ok === false && t("broken", { id: found.broken_at ?? 0 })}
      </p>
      <Button small busy={verify.isPending} onClick={() => verify.mutate()}>
        {t("verify")}
      </Button>
    </div>
  );
}
