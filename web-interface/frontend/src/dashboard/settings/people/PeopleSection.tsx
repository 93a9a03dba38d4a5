import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { conversations, read } from "../../api/clients";
import { Badge } from "../../ui/Badge";
import { Button, IconButton } from "../../ui/Button";
import { Card } from "../../ui/Page";
import { ErrorNotice, LoadingRows } from "../../ui/States";
import { Table } from "../../ui/Table";
import { type Person, PersonDialog } from "./PersonDialog";
import { usePeopleTexts } from "./texts";

/** Who may log in, and as what. Nobody is deleted: what they did stays theirs. */
export default function PeopleSection() {
  const t = usePeopleTexts();
  const [open, setOpen] = useState<Person | "new" | null>(null);
  const people = useQuery({
    queryKey: ["settings", "people"],
    queryFn: ({ signal }) => read(conversations.GET("/v1/agents", { signal })),
  });
  return (
    <Card
      title={t("title")}
      actions={
        <Button small icon="plus" onClick={() => setOpen("new")}>
          {t("add")}
        </Button>
      }
    >
      {people.isPending && <LoadingRows />}
      {people.error && <ErrorNotice error={people.error} onRetry={() => void people.refetch()} />}
      {people.data && (
        <Table
          caption={t("list")}
          rows={people.data.items}
          keyOf={(person) => person.id}
          columns={[
            { id: "name", title: t("name"), cell: (person) => person.name },
            { id: "email", title: t("email"), cell: (person) => person.email },
            { id: "role", title: t("role"), cell: (person) => t(`role_${person.role}`) },
            {
              id: "state",
              title: t("state"),
              cell: ({ active }) => <Badge tone={active ? "done" : "plain"}>{active ? t("active") : t("inactive")}</Badge>,
            },
            {
              id: "actions",
              title: t("actions"),
              align: "end",
              cell: (person) => (
                <IconButton small icon="edit" label={t("edit", { name: person.name })} onClick={() => setOpen(person)} />
              ),
            },
          ]}
        />
      )}
      {open && <PersonDialog person={open === "new" ? null : open} onClose={() => setOpen(null)} />}
    </Card>
  );
}
