import type { TrendsCell, TrendsParams, TrendsResult } from "@/api/questions";
import type { Look } from "./look";
import type { TableCell, TableModel } from "./table";
import { drawnLines, lineColours, lineKey, lineName } from "./trends";

/** A row a line: its figure over the whole period, the change, and a column a bucket, latest first. */
export function trendsTable(
  {
    params,
    result,
    compared,
  }: { params: TrendsParams; result: TrendsResult; compared?: TrendsResult | undefined },
  look: Look,
): TableModel<TrendsCell> {
  const { say } = look;
  const grain = params.grain ?? "day";
  const drawn = drawnLines(params, result);
  const colours = lineColours(params, drawn, look);
  const before = new Map(compared?.lines.map((line) => [lineKey(line), line]));
  const order = grain === "total" ? [] : result.buckets.map((_, at) => result.buckets.length - 1 - at);
  return {
    caption: say.word("table.trends"),
    columns: [
      { title: say.word("table.line") },
      { title: say.word("table.total"), align: "right" },
      ...(compared ? [{ title: say.word("table.change"), align: "right" as const }] : []),
      ...order.map((at) => ({ title: say.bucket(result.buckets[at] ?? "", grain), align: "right" as const })),
    ],
    rows: result.lines.map((line) => {
      const name = lineName(line, result, look);
      const at = drawn.indexOf(line);
      const figure = (value: number | null, bucket: number | null): TableCell<TrendsCell> => ({
        text: say.figure(value, line.format),
        raw: value,
        cell: line.opens && value !== null ? { series: line.series, bucket, group: line.group } : undefined,
        title: bucket === null ? name : `${name} · ${say.bucket(result.buckets[bucket] ?? "", grain)}`,
        open: bucket !== null && result.incomplete[bucket] === true,
      });
      const then = before.get(lineKey(line))?.total ?? null;
      const change = then !== null && then !== 0 && line.total !== null ? line.total / then - 1 : null;
      const changed: TableCell<TrendsCell> = {
        text: change === null ? "–" : `${change > 0 ? "+" : ""}${say.percent(change)}`,
        raw: change,
        tone: change === null || Math.abs(change) < 0.0005 ? "quiet" : change > 0 ? "up" : "down",
      };
      return [
        { text: name, raw: name, ...(at >= 0 ? { colour: colours[at] ?? "" } : {}) },
        figure(line.total, null),
        ...(compared ? [changed] : []),
        ...order.map((bucket) => figure(line.values[bucket] ?? null, bucket)),
      ];
    }),
  };
}
