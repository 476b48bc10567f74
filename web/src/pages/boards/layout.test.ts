import { expect, test } from "vitest";
import type { Tile } from "@/api";
import { heightOf, inOrder, moved, stepped } from "./layout";

const tile = (id: string, x: number, y: number, w = 6, h = 8): Tile => ({
  id,
  title: id,
  kind: "trends",
  params: {},
  view: null,
  x,
  y,
  w,
  h,
});

test("a layout that moves nothing leaves the tiles as they are", () => {
  const tiles = [tile("a", 0, 0), tile("b", 6, 0)];
  expect(moved(tiles, [{ i: "a", x: 0, y: 0, w: 6, h: 8 }])).toBe(tiles);
  expect(moved(tiles, [{ i: "b", x: 0, y: 8, w: 12, h: 6 }])[1]).toMatchObject({ x: 0, y: 8, w: 12, h: 6 });
});

test("the keyboard cannot push a tile out of the grid or make it vanish", () => {
  expect(stepped(tile("a", 6, 0), "ArrowRight", false).x).toBe(6);
  expect(stepped(tile("a", 0, 0), "ArrowUp", false).y).toBe(0);
  expect(stepped(tile("a", 0, 0, 2, 4), "ArrowLeft", true)).toMatchObject({ w: 2, h: 4 });
  expect(stepped(tile("a", 6, 0), "ArrowRight", true).w).toBe(6);
  expect(stepped(tile("a", 3, 2), "ArrowDown", false)).toMatchObject({ x: 3, y: 3 });
});

test("one column is in reading order", () => {
  expect(inOrder([tile("c", 0, 8), tile("b", 6, 0), tile("a", 0, 0)]).map((each) => each.id)).toEqual([
    "a",
    "b",
    "c",
  ]);
  expect(heightOf(1)).toBe(24);
});
