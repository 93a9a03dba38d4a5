import { useInfiniteQuery } from "@tanstack/react-query";
import { type DragEvent, useState } from "react";
import { Link } from "wouter";
import { ApiError } from "@/shared/api/problem";
import { useCan } from "../session/store";
import { Button } from "../ui/Button";
import { ErrorNotice, LoadingRows, LoadMore } from "../ui/States";
import { useToast } from "../ui/Toast";
import type { Filters } from "./address";
import { DeadlineBadge, MergedBadge } from "./Badges";
import styles from "./Board.module.css";
import { listQuery, STATUSES, type Status, type Summary, useAgents } from "./data";
import { MoveDialog } from "./MoveDialog";
import { useComplaintsTexts } from "./texts";

const PAGE = 25;
type Move = { card: Summary; to?: Status };

/** Complaints in a column for each state. A card is dragged, or moved by its button; either way it says why. */
export function Board({ filters }: { filters: Filters }) {
  const t = useComplaintsTexts();
  const toast = useToast();
  const can = useCan()("agent");
  const [held, setHeld] = useState<Summary | null>(null);
  const [move, setMove] = useState<Move | null>(null);

  const refusal = (from: Status, to: Status) =>
    new ApiError("invalid", "transition_illegal", t("move_not_allowed", { from: t(`status_${from}`), to: t(`status_${to}`) }));
  const drop = (to: Status) => {
    if (!held || held.status === to) return;
    if (held.allowed_statuses.includes(to)) setMove({ card: held, to });
    else toast.failed(refusal(held.status, to));
  };
  return (
    <>
      {can && <p className={styles.help}>{t("board_help")}</p>}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways */}
      <section className={styles.board} aria-label={t("board_label")} tabIndex={0}>
        {STATUSES.map((status) => (
          <Column
            key={status}
            status={status}
            filters={filters}
            can={can}
            mark={held === null || held.status === status ? undefined : held.allowed_statuses.includes(status) ? "yes" : "no"}
            onHold={setHeld}
            onDrop={() => drop(status)}
            onMove={(card) => setMove({ card })}
          />
        ))}
      </section>
      {move && <MoveDialog complaint={move.card} to={move.to} onClose={() => setMove(null)} />}
    </>
  );
}

type ColumnProps = {
  status: Status;
  filters: Filters;
  can: boolean;
  mark: "yes" | "no" | undefined;
  onHold: (card: Summary | null) => void;
  onDrop: () => void;
  onMove: (card: Summary) => void;
};

function Column({ status, filters, can, mark, onHold, onDrop, onMove }: ColumnProps) {
  const t = useComplaintsTexts();
  const list = useInfiniteQuery(listQuery({ ...filters, status: [status] }, PAGE));
  const cards = list.data?.pages.flatMap((page) => page.items) ?? [];
  const count = `${cards.length}${list.hasNextPage ? "+" : ""}`;
  const over = (event: DragEvent) => {
    if (mark) event.preventDefault(); // where it may not go, too: letting it go there says why
  };
  return (
    <section
      className={styles.column}
      data-mark={mark}
      aria-label={t(`status_${status}`)}
      onDragOver={over}
      onDrop={(event) => {
        event.preventDefault();
        onDrop();
      }}
    >
      <h2>
        {t(`status_${status}`)} <span className={styles.count}>{list.data ? count : ""}</span>
      </h2>
      {list.isPending && <LoadingRows rows={3} />}
      {list.isError && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && cards.length === 0 && <p className={styles.help}>{t("column_empty")}</p>}
      <ul className={styles.cards}>
        {cards.map((card) => (
          <Card key={card.id} card={card} can={can} onHold={onHold} onMove={onMove} />
        ))}
      </ul>
      <LoadMore has={list.hasNextPage} busy={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
    </section>
  );
}

type CardProps = { card: Summary; can: boolean } & Pick<ColumnProps, "onHold" | "onMove">;

function Card({ card, can, onHold, onMove }: CardProps) {
  const t = useComplaintsTexts();
  const { nameOf } = useAgents();
  return (
    <li
      className={styles.card}
      draggable={can}
      onDragStart={(event) => {
        event.dataTransfer.setData("text/plain", card.folio);
        event.dataTransfer.effectAllowed = "move";
        onHold(card);
      }}
      onDragEnd={() => onHold(null)}
    >
      <p className={styles.top}>
        <Link href={`/reclamos/${card.folio}`}>{card.folio}</Link>
        {card.clock !== "stopped" && <DeadlineBadge complaint={card} />}
        <MergedBadge complaint={card} />
      </p>
      <p className={styles.matter}>{card.category_name}</p>
      <p className={styles.words}>{card.description}</p>
      <p className={styles.foot}>
        <span>{card.assignee ? nameOf(card.assignee) : t("nobody")}</span>
        {can && (
          <Button small look="quiet" aria-label={t("move_of", { folio: card.folio })} onClick={() => onMove(card)}>
            {t("move")}
          </Button>
        )}
      </p>
    </li>
  );
}
