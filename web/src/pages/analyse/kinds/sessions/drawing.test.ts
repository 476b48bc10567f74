import { describe, expect, test } from "vitest";
import type { SessionFigures, SessionsResult } from "@/api/questions";
import { look } from "@/charts/samples";
import { endsTable, groupsTable, trendDrawing } from "./drawing";

const figures = (sessions: number): SessionFigures => ({
  sessions,
  people: sessions,
  per_person: 1,
  bounces: 1,
  bounce_rate: 0.5,
  duration_mean: 60,
  duration_median: 30,
  duration_p90: 120,
  depth_mean: 2.5,
  depth_median: 2,
});
const result: SessionsResult = {
  buckets: ["2026-11-20T00:00:00+08:00", "2026-11-21T00:00:00+08:00", "2026-11-22T00:00:00+08:00"],
  incomplete: [false, false, true],
  groups: [
    { group: null, total: figures(9), points: [figures(2), figures(3), figures(4)] },
    { group: ["live"], total: figures(5), points: [figures(1), figures(2), figures(2)] },
  ],
  durations: [],
  depths: [],
  ends: [
    {
      node: ["page_view"],
      entries: 6,
      entry_people: 5,
      bounces: 3,
      exits: 2,
      exit_people: 2,
      events: 8,
      exit_rate: 0.25,
    },
    {
      node: ["$other"],
      entries: 3,
      entry_people: 3,
      bounces: 0,
      exits: 7,
      exit_people: 6,
      events: 10,
      exit_rate: 0.7,
    },
  ],
};
const say = (key: string) => key;

describe("sessions as charts", () => {
  test("with a breakdown its groups are drawn, each point opens, the open bucket is apart", () => {
    const drawing = trendDrawing({ params: {}, result, shows: "sessions", say }, look);
    const series = drawing.option.series as { id: string; data: (number | null)[] }[];
    expect(series.map(({ id }) => id)).toEqual(['["live"]', '["live"]~open']);
    expect(series[0]?.data).toEqual([1, 2, null]);
    expect(series[1]?.data).toEqual([null, 2, 2]);
    expect(drawing.cells['["live"]/2']).toEqual({ bucket: 2, group: ["live"] });
  });

  test("the rest of the entries says beside which it stands", () => {
    const rows = endsTable(result, look, say, (label) => String(label[0])).rows;
    expect(rows[0]?.[3]?.cell).toEqual({ entry: ["page_view"], besides: [] });
    expect(rows[1]?.[6]?.cell).toEqual({ exit: ["$other"], besides: [["page_view"]] });
    expect(rows[1]?.[2]?.raw).toBeCloseTo(1 / 3);
  });

  test("people and bounces of every group open", () => {
    const rows = groupsTable(result, look, say).rows;
    expect(rows.map((row) => row[2]?.cell)).toEqual([{ group: null }, { group: ["live"] }]);
    expect(rows[1]?.[8]?.cell).toEqual({ group: ["live"], bounced: true });
  });
});
