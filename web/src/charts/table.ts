/** What a chart shows, as rows: for the table under it, for screen readers and for CSV. */
export interface TableCell<C> {
  text: string;
  /** What goes into a file: the plain figure. */
  raw: string | number | null;
  cell?: C | undefined;
  comparison?: number | undefined;
  /** What the figure is, in words, for the drawer's heading. */
  title?: string;
  /** 0…6: a shade of the ramp. */
  shade?: number | null;
  /** Not over yet. */
  open?: boolean;
  note?: string;
  colour?: string;
  tone?: "up" | "down" | "quiet" | undefined;
}

export interface TableModel<C> {
  caption: string;
  columns: { title: string; align?: "left" | "right" }[];
  rows: TableCell<C>[][];
}

function field(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value);
  // A cell that a spreadsheet would run as a formula is written as text.
  const safe = typeof value === "string" && /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/** RFC 4180, with the byte order mark that spreadsheets need to read Chinese. */
export function csv<C>(table: TableModel<C>): string {
  const head = table.columns.map((column) => field(column.title)).join(",");
  const rows = table.rows.map((row) => row.map((cell) => field(cell.raw)).join(","));
  return `\ufeff${[head, ...rows].join("\r\n")}\r\n`;
}
