import type { ReactNode } from "react";
import styles from "./Table.module.css";

export type Column<Row> = {
  id: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** Numbers to the right; the rest begins at the left. */
  align?: "end";
  /** Sorting belongs to the page: it knows the service's order. */
  sort?: { direction: "ascending" | "descending" | "none"; onSort: () => void };
};

type Props<Row> = {
  /** Read before the table; not shown. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
};

/** A table that becomes a list of cards on a telephone. The first column is the row's name. */
export function Table<Row>({ caption, columns, rows, keyOf }: Props<Row>) {
  return (
    <div className={styles.frame}>
      <table className={styles.table}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" data-align={column.align} aria-sort={column.sort?.direction}>
                {column.sort ? (
                  <button type="button" onClick={column.sort.onSort}>
                    {column.title}
                    <span aria-hidden="true">{{ ascending: " ↑", descending: " ↓", none: "" }[column.sort.direction]}</span>
                  </button>
                ) : (
                  column.title
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.id} scope="row" data-align={column.align}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.id} data-align={column.align} data-title={column.title}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
