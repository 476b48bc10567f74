import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { SqlAnswer, SqlChart, SqlColumn } from "@/api";
import { Chart } from "@/charts";
import { rowsOption } from "@/charts/rows";
import type { RowsChart } from "@/charts/rows";
import { useAddress, useFormat } from "@/shell";
import { Segmented, Select, Table, useTheme } from "@/ui";
import styles from "./sql.module.css";

const SHAPES = ["table", "line", "bar", "area"] as const;
/** Columns of these names hold amounts in minor units: `orders`, `persons` and `events` call them so. */
const MONEY = new Set([
  "paid", "gross", "discount", "refunded", "net", "revenue", "value", "gross_value", "refund_value",
  "price", "cost", "gmv", "amount", "sales",
]); // prettier-ignore

interface Props {
  answer: SqlAnswer;
  chart: SqlChart;
  onChart?: (chart: SqlChart) => void;
  /** On a board: no controls. */
  compact?: boolean;
}

/** The rows of an answer as a chart and a table. */
export function Answer({ answer, chart, onChart, compact = false }: Props) {
  const { columns, rows } = answer;
  const fitting = useMemo(() => fit(chart, columns), [chart, columns]);
  const shape = fitting.drawn ? chart.kind : "table";
  return (
    <div className={compact ? styles.tile : styles.answer}>
      {onChart && fitting.possible && (
        <Controls
          columns={columns}
          chart={chart}
          drawn={fitting.drawn ?? fitting.possible}
          onChart={onChart}
        />
      )}
      {shape !== "table" && fitting.drawn && (
        <Drawn answer={answer} chart={{ ...fitting.drawn, kind: shape }} compact={compact} />
      )}
      {(!compact || shape === "table") && <Rows columns={columns} rows={rows} compact={compact} />}
    </div>
  );
}

interface Fit {
  /** What the chart draws, where its columns are in the answer. */
  drawn: Omit<RowsChart, "kind"> | null;
  /** What could be drawn. */
  possible: Omit<RowsChart, "kind"> | null;
}

function fit(chart: SqlChart, columns: SqlColumn[]): Fit {
  const numbers = columns.flatMap(({ kind }, at) => (kind === "number" ? [at] : []));
  const place = (name: string | null | undefined) => columns.findIndex((column) => column.name === name);
  const others = columns.flatMap((_, at) => (numbers.includes(at) ? [] : [at]));
  const across = others.find((at) => ["time", "date"].includes(columns[at]!.kind)) ?? others[0] ?? numbers[0];
  const up = numbers.filter((at) => at !== across);
  if (across === undefined || up[0] === undefined) return { drawn: null, possible: null };
  const possible = { x: across, y: [up[0]], series: null };
  if (chart.kind === "table") return { drawn: null, possible };
  const y = (chart.y ?? []).map(place).filter((at) => numbers.includes(at));
  const x = place(chart.x);
  const series = place(chart.series);
  return {
    possible,
    drawn: {
      x: x < 0 ? across : x,
      y: y.length > 0 ? y : [up[0]],
      series: series < 0 ? null : series,
    },
  };
}

function Controls({
  columns,
  chart,
  drawn,
  onChart,
}: {
  columns: SqlColumn[];
  chart: SqlChart;
  drawn: Omit<RowsChart, "kind">;
  onChart: (chart: SqlChart) => void;
}) {
  const { t } = useTranslation("sql");
  const name = (at: number) => columns[at]?.name ?? "";
  const all = columns.map((column) => ({ value: column.name, label: column.name }));
  const numbers = all.filter((_, at) => columns[at]!.kind === "number");
  const held = {
    x: name(drawn.x),
    y: drawn.y.map(name),
    series: drawn.series === null ? null : name(drawn.series),
  };
  const shared = { size: "small", popupMatchSelectWidth: false } as const;
  return (
    <div className={styles.controls}>
      <Segmented
        size="small"
        value={chart.kind}
        aria-label={t("shape.label")}
        options={SHAPES.map((shape) => ({ value: shape, label: t(`shape.${shape}`) }))}
        onChange={(kind) => onChart({ ...held, kind })}
      />
      {chart.kind !== "table" && (
        <>
          <label>
            {t("axis.x")}
            <Select
              {...shared}
              value={held.x}
              options={all}
              onChange={(x) => onChart({ ...chart, ...held, x })}
            />
          </label>
          <label>
            {t("axis.y")}
            <Select
              {...shared}
              mode="multiple"
              style={{ minWidth: 120 }}
              value={held.y}
              options={numbers}
              onChange={(y) => onChart({ ...chart, ...held, y })}
            />
          </label>
          <label>
            {t("axis.series")}
            <Select
              {...shared}
              allowClear
              style={{ minWidth: 90 }}
              placeholder={t("axis.none")}
              value={held.series}
              options={all.filter(({ value }) => value !== held.x && !held.y.includes(value))}
              onChange={(series) => onChart({ ...chart, ...held, series: series ?? null })}
            />
          </label>
        </>
      )}
    </div>
  );
}

function Drawn({ answer, chart, compact }: { answer: SqlAnswer; chart: RowsChart; compact: boolean }) {
  const { t } = useTranslation("sql");
  const { palette } = useTheme();
  const cell = useCell();
  const { exact, money, short, moneyShort } = useFormat();
  const { columns, rows } = answer;
  const option = useMemo(
    () =>
      rowsOption(rows, chart, {
        palette,
        narrow: compact || window.innerWidth < 600,
        names: columns.map((column) => column.name),
        figure: (at, value) => (isMoney(columns[at]) ? money(value) : exact(value)),
        short: (at, value) => (isMoney(columns[at]) ? moneyShort(value) : short(value)),
        across: (value) => cell(value, columns[chart.x]),
        unset: t("unset"),
      }),
    [rows, columns, chart, palette, compact, cell, exact, money, short, moneyShort, t],
  );
  const label = t("chartOf", {
    what: chart.y.map((at) => columns[at]?.name).join(", "),
    by: columns[chart.x]?.name,
  });
  return <Chart option={option} compact={compact} height={300} label={label} />;
}

function Rows({ columns, rows, compact }: { columns: SqlColumn[]; rows: unknown[][]; compact: boolean }) {
  const { t } = useTranslation("sql");
  const cell = useCell();
  const address = useAddress();
  const widths = useMemo(
    () => columns.map((column, at) => widthOf(column, rows, at, cell)),
    [columns, rows, cell],
  );
  const total = widths.reduce((sum, width) => sum + width, 0);
  return (
    <Table<{ key: number; row: unknown[] }>
      className={styles.rows!}
      virtual
      aria-label={t("answer")}
      scroll={{ x: total, y: compact ? 220 : Math.min(480, 40 + rows.length * 36) }}
      locale={{ emptyText: t("noRows") }}
      dataSource={rows.map((row, key) => ({ key, row }))}
      columns={columns.map((column, at) => ({
        key: String(at),
        title: (
          <span title={column.type}>
            {column.name} <i className={styles.type}>{t(`kind.${column.kind}`)}</i>
          </span>
        ),
        width: widths[at]!,
        ellipsis: true,
        align: column.kind === "number" ? ("right" as const) : ("left" as const),
        render: (_: unknown, { row }: { row: unknown[] }) => {
          const value = row[at];
          const shown = cell(value, column);
          if (column.name === "person" && typeof value === "string" && /^[0-9a-z]{13}$/.test(value))
            return <Link to={address(`/people/${value}`)}>{shown}</Link>;
          return <span title={shown.length > 24 ? shown : undefined}>{shown}</span>;
        },
      }))}
    />
  );
}

function isMoney(column: SqlColumn | undefined): boolean {
  return column?.kind === "number" && MONEY.has(column.name.toLowerCase());
}

/** How one value is written. */
function useCell() {
  const { exact, money, stamp } = useFormat();
  return useMemo(
    () =>
      (value: unknown, column: SqlColumn | undefined): string => {
        if (value === null || value === undefined) return "–";
        if (typeof value === "number") return isMoney(column) ? money(value) : exact(value, 6);
        if (column?.kind === "time" && typeof value === "string") {
          const midnight = /T00:00:00(\+|-|Z|$)/.test(value);
          return midnight ? value.slice(0, 10) : stamp(value);
        }
        return typeof value === "object" ? JSON.stringify(value) : String(value);
      },
    [exact, money, stamp],
  );
}

function widthOf(
  column: SqlColumn,
  rows: unknown[][],
  at: number,
  cell: (value: unknown, column: SqlColumn) => string,
): number {
  let most = wide(column.name) + 6;
  for (const row of rows.slice(0, 60)) most = Math.max(most, wide(cell(row[at], column)));
  return Math.min(320, Math.max(90, 28 + most * 7.4));
}

/** Signs as wide as Latin ones. */
function wide(text: string): number {
  let width = 0;
  for (const sign of text) width += sign.charCodeAt(0) > 0x2e80 ? 1.8 : 1;
  return width;
}
