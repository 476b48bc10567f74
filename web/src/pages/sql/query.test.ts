import { expect, test } from "vitest";
import { examples } from "./examples";
import { NOTHING, parameterNames, parametersOf, placeOf, readSql, sameSql, writeSql } from "./query";

test("parameters are found outside strings, names and comments", () => {
  const sql = `select '$no', "$no", $$ $no $$, price$no -- $no
  /* $no */ from events where time >= $from and channel = $channel and time < $from`;
  expect(parameterNames(sql)).toEqual(["from", "channel"]);
});

test("a parameter keeps its kind and value while the text changes", () => {
  const known = [{ name: "days", kind: "number" as const, default: 7 }];
  expect(parametersOf("select $days, $other", known)).toEqual([
    known[0],
    { name: "other", kind: "text", default: null },
  ]);
  expect(parametersOf("select 1", known)).toEqual([]);
});

test("an address holds the query, whatever signs it has", () => {
  const query = {
    ...NOTHING,
    sql: `select '它''s: (a,b)!~' as "x", $days\n\t-- 100% "q" & more`,
    parameters: [{ name: "days", kind: "number" as const, default: 7 }],
    chart: { kind: "bar" as const, x: "x", y: ["a"], series: null },
  };
  const back = readSql(writeSql(query))!;
  expect(back.sql).toBe(query.sql);
  expect(sameSql(back, query)).toBe(true);
  expect(back.chart).toEqual(query.chart);
  expect(readSql("%%%")).toBeNull();
  expect(readSql(null)).toBeNull();
});

test.each(examples)("the example $key declares the parameters it has", ({ query }) => {
  expect(parametersOf(query.sql, query.parameters)).toEqual(query.parameters);
});

test("the place of a mistake", () => {
  expect(placeOf("sql:3:14")).toEqual({ line: 3, column: 14 });
  expect(placeOf("sql")).toBeNull();
  expect(placeOf(null)).toBeNull();
});
