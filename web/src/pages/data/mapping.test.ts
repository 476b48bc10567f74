import { expect, test } from "vitest";
import { mappingOf, missing, planOf, withRole } from "./mapping";
import type { Mapping } from "./mapping";

const guess: Mapping = {
  who: { phone: "手机" },
  when: "时间",
  fields: { order_id: "单号", value: "实付" },
  items: { item_id: "编码" },
  money: { 实付: "yuan" },
  exclude: ["备注"],
};
const columns = ["时间", "手机", "单号", "实付", "编码", "备注", "城市"];

test("a guess survives being edited as roles", () => {
  const plan = planOf(guess, columns, "orders");
  expect(plan.roles).toEqual({
    时间: "when",
    手机: "who.phone",
    单号: "fields.order_id",
    实付: "fields.value",
    编码: "items.item_id",
    备注: "skip",
    城市: "keep",
  });
  expect(mappingOf(plan, "orders")).toMatchObject(guess);
});

test("a role moves from one column to another", () => {
  const plan = withRole(planOf(guess, columns, "orders"), "城市", "fields.order_id");
  expect(plan.roles["单号"]).toBe("keep");
  expect(mappingOf(plan, "orders").fields).toEqual({ order_id: "城市", value: "实付" });
});

test("money has a unit only while the column holds money", () => {
  const plan = withRole(planOf(guess, columns, "orders"), "实付", "keep");
  expect(mappingOf(plan, "orders").money).toBeUndefined();
  expect(mappingOf(withRole(plan, "城市", "items.price"), "orders").money).toEqual({ 城市: "yuan" });
});

test("what is missing is named", () => {
  expect(missing(planOf({}, columns, "orders"), "orders")).toEqual(["who", "when", "order_id"]);
  expect(missing(planOf({}, columns, "items"), "items")).toEqual(["item_id"]);
  expect(missing(planOf({ what: "=visit" }, columns, "events"), "events")).toEqual(["who", "when"]);
  expect(missing(planOf(guess, columns, "orders"), "orders")).toEqual([]);
});

test("events without a column for their name take the fixed one", () => {
  const plan = planOf({ who: { phone: "手机" }, when: "时间", what: "=visit" }, columns, "events");
  expect(plan.fixedEvent).toBe("visit");
  expect(mappingOf(plan, "events").what).toBe("=visit");
  expect(mappingOf(withRole(plan, "城市", "what"), "events").what).toBe("城市");
});

test("a log and a list of consents need no more than they have", () => {
  const log: Mapping = { when: "time", fields: { ip: "addr", url: "path" } };
  expect(missing(planOf(log, ["time", "addr", "path"], "weblog"), "weblog")).toEqual([]);
  expect(missing(planOf({}, ["time", "addr"], "weblog"), "weblog")).toEqual(["when", "ip", "url"]);
  const said: Mapping = { who: { phone: "手机" }, when: "时间", fields: { purpose: "用途" } };
  expect(missing(planOf(said, ["手机", "时间", "用途", "同意"], "consents"), "consents")).toEqual(["state"]);
});
