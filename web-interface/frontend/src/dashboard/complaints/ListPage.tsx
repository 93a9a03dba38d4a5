import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useSearchParams } from "wouter";
import { Button } from "../ui/Button";
import { Page } from "../ui/Page";
import { EmptyState, ErrorNotice, LoadingRows, LoadMore } from "../ui/States";
import { filtersOf, rememberList, VIEWS, viewOf } from "./address";
import { Board } from "./Board";
import { ComplaintTable } from "./ComplaintTable";
import { CsvButton } from "./CsvButton";
import { listQuery } from "./data";
import { FilterBar } from "./FilterBar";
import styles from "./List.module.css";
import { Places } from "./Places";
import { useComplaintsTexts } from "./texts";

const PAGE = { table: 50, map: 200 } as const;

export function ListPage() {
  const t = useComplaintsTexts();
  const [params, setParams] = useSearchParams();
  const filters = filtersOf(params);
  const view = viewOf(params);
  useEffect(() => rememberList(params), [params]);
  const choose = (next: string) =>
    setParams((before) => {
      const after = new URLSearchParams(before);
      if (next === "table") after.delete("view");
      else after.set("view", next);
      return after;
    });

  return (
    <Page title={t("title")} actions={<CsvButton filters={filters} />}>
      <fieldset className={styles.views}>
        <legend className="visually-hidden">{t("view")}</legend>
        {VIEWS.map((name) => (
          <Button key={name} small aria-pressed={name === view} onClick={() => choose(name)}>
            {t(`view_${name}`)}
          </Button>
        ))}
      </fieldset>
      <FilterBar filters={filters} withStatus={view !== "board"} />
      {view === "board" ? <Board filters={filters} /> : <Flat view={view} />}
    </Page>
  );
}

/** The views that show one list. */
function Flat({ view }: { view: "table" | "map" }) {
  const t = useComplaintsTexts();
  const [params] = useSearchParams();
  const list = useInfiniteQuery(listQuery(filtersOf(params), PAGE[view]));
  if (list.isPending) return <LoadingRows rows={8} />;
  if (list.isError) return <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />;
  const rows = list.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) {
    return (
      <EmptyState icon="megaphone" title={t("empty")}>
        <p>{t("empty_text")}</p>
      </EmptyState>
    );
  }
  return (
    <>
      {view === "table" ? <ComplaintTable rows={rows} /> : <Places rows={rows} />}
      <LoadMore has={list.hasNextPage} busy={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
    </>
  );
}
