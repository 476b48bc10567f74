import { describe, expect, test } from "vitest";
import type { ConnectorKind } from "@/api";
import { isWhole, likelyRows, settingsOf } from "./settings";

const kind: ConnectorKind = {
  name: "sql",
  title: { en: "SQL", zh: "SQL" },
  secrets: ["password"],
  place: {
    required: ["host"],
    properties: {
      host: { type: "string", description: "Host", zh: "主机" },
      port: {
        anyOf: [{ type: "integer" }, { type: "null" }],
        default: null,
        description: "Port",
        zh: "端口",
      },
      mode: { enum: ["a", "b"], type: "string", default: "a", description: "Mode", zh: "方式" },
      password: { type: "string", default: "", secret: true, description: "Password", zh: "密码" },
      query: { anyOf: [{ type: "string" }, { type: "null" }], lines: true, description: "Query", zh: "查询" },
      headers: { type: "object", description: "Headers", zh: "请求头" },
      tls: { type: "boolean", default: false, description: "TLS", zh: "加密" },
    },
  },
};

describe("settings of a place", () => {
  test("each gets the control that fits it, in the language asked for", () => {
    const found = settingsOf(kind, "zh");
    expect(found.map((each) => each.control)).toEqual([
      "text",
      "number",
      "choice",
      "secret",
      "lines",
      "pairs",
      "switch",
    ]);
    expect(found[0]).toMatchObject({ label: "主机", needed: true });
    expect(settingsOf(kind, "en")[2]).toMatchObject({ label: "Mode", choices: ["a", "b"], standard: "a" });
  });

  test("a place is whole when what is needed is there", () => {
    expect(isWhole(kind, {}, [])).toBe(false);
    expect(isWhole(kind, { host: "" }, [])).toBe(false);
    expect(isWhole(kind, { host: "db" }, [])).toBe(true);
    expect(isWhole(kind, {}, ["host"])).toBe(true);
  });

  test("what a row is, is guessed from the columns", () => {
    expect(likelyRows(["订单号", "手机号"])).toBe("orders");
    expect(likelyRows(["phone", "level"])).toBe("people");
    expect(likelyRows(["ts", "event"])).toBe("events");
    expect(likelyRows([])).toBe("events");
  });
});
