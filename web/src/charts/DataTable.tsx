import type { CSSProperties } from "react";
import type { TableCell, TableModel } from "./table";
import styles from "./table.module.css";

/** The table of an answer. Figures that open are buttons; shaded ones make a heat map. */
export function DataTable<C>({
  table,
  onOpen,
  dense = false,
  openLabel,
}: {
  table: TableModel<C>;
  onOpen?: (cell: TableCell<C>) => void;
  dense?: boolean;
  openLabel?: string;
}) {
  return (
    // A table that scrolls sideways must be reachable by keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={table.caption}>
      <table className={styles.table} data-dense={dense || undefined}>
        <caption className="tw-hidden">{table.caption}</caption>
        <thead>
          <tr>
            {table.columns.map((column, at) => (
              <th key={at} scope="col" data-align={column.align}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, at) => (
                <Cell
                  key={at}
                  cell={cell}
                  first={at === 0}
                  align={table.columns[at]?.align}
                  onOpen={onOpen}
                  openLabel={openLabel}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell<C>({
  cell,
  first,
  align,
  onOpen,
  openLabel,
}: {
  cell: TableCell<C>;
  first: boolean;
  align: "left" | "right" | undefined;
  onOpen: ((cell: TableCell<C>) => void) | undefined;
  openLabel: string | undefined;
}) {
  const shaded = cell.shade !== undefined && cell.shade !== null;
  const style: CSSProperties | undefined = shaded
    ? { backgroundColor: `var(--ramp-${cell.shade! + 1})`, color: `var(--on-ramp-${cell.shade! + 1})` }
    : undefined;
  const text = (
    <>
      {cell.colour && <i className={styles.colour} style={{ background: cell.colour }} aria-hidden="true" />}
      {cell.text}
      {cell.note && <small> {cell.note}</small>}
    </>
  );
  const inside =
    cell.cell !== undefined && onOpen ? (
      <button type="button" title={openLabel} onClick={() => onOpen(cell)}>
        {text}
      </button>
    ) : (
      text
    );
  if (first) return <th scope="row">{inside}</th>;
  return (
    <td
      data-align={align}
      data-open={cell.open || undefined}
      data-tone={cell.tone}
      data-shaded={shaded || undefined}
      style={style}
    >
      {inside}
    </td>
  );
}
