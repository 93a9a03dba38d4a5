/** A table as a file for spreadsheets. */

export type CsvColumn<Row> = { title: string; value: (row: Row) => string | number | null };

/** In Chile's spreadsheets a comma is the decimal sign and a semicolon parts the cells. */
export type CsvStyle = { separator: ";" | ","; decimal: "," | "." };
export const CSV_STYLES: Record<"es-CL" | "en", CsvStyle> = {
  "es-CL": { separator: ";", decimal: "," },
  en: { separator: ",", decimal: "." },
};

export function toCsv<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[], style: CsvStyle): string {
  const cell = (value: string | number | null): string => {
    if (value === null) return "";
    if (typeof value === "number") return String(value).replace(".", style.decimal);
    // A cell that begins like a formula is one for a spreadsheet: it is made text.
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /["\n\r;,]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [columns.map((column) => cell(column.title)), ...rows.map((row) => columns.map((column) => cell(column.value(row))))];
  return lines.map((line) => line.join(style.separator)).join("\r\n") + "\r\n";
}

/** Let the browser save a file. The mark in front tells spreadsheets that it is UTF-8. */
export function saveCsv(name: string, content: string): void {
  const address = URL.createObjectURL(new Blob(["\ufeff", content], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
