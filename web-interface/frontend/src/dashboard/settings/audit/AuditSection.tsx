import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { conversations, read } from "../../api/clients";
import { Button } from "../../ui/Button";
import { useFormats } from "../../ui/format";
import { Card } from "../../ui/Page";
import { EmptyState, ErrorNotice, LoadingRows, LoadMore } from "../../ui/States";
import { Table } from "../../ui/Table";
import { useToast } from "../../ui/Toast";
import styles from "../Settings.module.css";
import { Changes } from "./Changes";
import { Filters } from "./Filters";
import { type Entry, targetOf, useLog, usePeople, type Wanted } from "./log";
import { nameKey } from "./names";
import { useAuditTexts } from "./texts";

const EVERYTHING: Wanted = { kind: "", action: "", actor: "", object: "" };

/** What was done on the whole platform, by whom, and what it was before. */
export default function AuditSection() {
  const t = useAuditTexts();
  const formats = useFormats();
  const [wanted, setWanted] = useState(EVERYTHING);
  const log = useLog({ ...wanted, object: wanted.object.trim() });
  const people = usePeople() ?? [];
  const nameOf = (id: string) => people.find((person) => person.id === id)?.name;
  const actorOf = ({ actor, actor_role }: Entry) => {
    if (actor_role === "service") return t("service");
    return nameOf(actor) ?? (actor_role === "visitor" ? t("visitor") : actor);
  };
  const deedOf = ({ action }: Entry) => {
    const key = nameKey("act", action);
    return key ? t(key) : action;
  };
  const rows = log.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card title={t("title")} actions={<VerifyButton />}>
      <p className={styles.soft}>{t("intro")}</p>
      <Filters wanted={wanted} people={people} onChange={setWanted} />
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
            { id: "action", title: t("action"), cell: deedOf },
            {
              id: "object",
              title: t("object"),
              cell: (entry) => <About entry={entry} name={nameOf(entry.object_id)} />,
            },
            { id: "change", title: t("change"), cell: (entry) => <Changes entry={entry} nameOf={nameOf} /> },
          ]}
        />
      )}
      <LoadMore has={log.hasNextPage} busy={log.isFetchingNextPage} onMore={() => void log.fetchNextPage()} />
    </Card>
  );
}

/** What an entry is about: somebody by name, what the panel shows by a link, everything else by its identifier. */
function About({ entry, name }: { entry: Entry; name: string | undefined }) {
  const t = useAuditTexts();
  const key = nameKey("obj", entry.object_type);
  const type = key ? t(key) : entry.object_type;
  const target = targetOf(entry);
  if (name) return `${type}: ${name}`;
  if (target) return <Link href={target.href}>{t(target.text, { folio: target.folio })}</Link>;
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
        {found?.ok === false && (found.broken_at ? t("broken", { id: found.broken_at }) : t("cut"))}
      </p>
      <Button small busy={verify.isPending} onClick={() => verify.mutate()}>
        {t("verify")}
      </Button>
    </div>
  );
}
