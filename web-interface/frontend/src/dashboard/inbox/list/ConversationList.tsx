import { useInfiniteQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useDeferredValue } from "react";
import { useSearchParams } from "wouter";
import { EmptyState, ErrorNotice, LoadingRows, LoadMore } from "../../ui/States";
import { useNow } from "../../ui/useNow";
import { type Channel, type Filters, listQuery, type View, VIEWS } from "../api/queries";
import { useInboxTexts } from "../texts";
import styles from "./ConversationList.module.css";
import { ConversationRow } from "./ConversationRow";
import { ListFilters } from "./ListFilters";

const asView = (value: string | null): View => VIEWS.find((view) => view === value) ?? "open";
const asChannel = (value: string | null): Channel | null => (value === "web" || value === "whatsapp" ? value : null);

/** Arrow keys go from one conversation to the next. */
function moveByArrows(event: KeyboardEvent<HTMLElement>) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>("a")];
  const next = links[links.indexOf(document.activeElement as HTMLAnchorElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** The conversations that the filters in the address name, the most recently active first. */
export function ConversationList({ chosen }: { chosen: string | null }) {
  const t = useInboxTexts();
  const now = useNow();
  const [search, setSearch] = useSearchParams();
  const filters: Filters = {
    view: asView(search.get("ver")),
    channel: asChannel(search.get("canal")),
    q: search.get("q") ?? "",
    contact: search.get("persona"),
  };
  const asked = useDeferredValue(filters.q.trim());
  const list = useInfiniteQuery({ ...listQuery({ ...filters, q: asked }), placeholderData: (before) => before });
  const Heading = chosen ? "h2" : "h1";
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];

  const change = (name: string, value: string | null) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );

  return (
    <section className={styles.list} aria-label={t("list")}>
      <header className={styles.head}>
        {/* With a conversation open, its person is what the page is about. */}
        <Heading>{t("title")}</Heading>
        <ListFilters filters={filters} onChange={change} />
      </header>
      {list.error && !list.data && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <LoadingRows rows={6} />}
      {list.data && items.length === 0 && (
        <EmptyState icon="chat" title={t(filters.q ? "empty_search" : `empty_${filters.view}`)} />
      )}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- arrows only add to Tab */}
      <ul className={styles.items} aria-busy={list.isPlaceholderData} onKeyDown={moveByArrows}>
        {items.map((item) => (
          <li key={item.id}>
            <ConversationRow item={item} isChosen={item.id === chosen} now={now} search={search.toString()} />
          </li>
        ))}
        <li>
          <LoadMore has={list.hasNextPage} busy={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
        </li>
      </ul>
    </section>
  );
}
