import { expect, test } from "vitest";
import { withTile } from "./boards";
import type { Board } from "./types";

const tile = { title: "x", kind: "trends", params: {}, view: null };
const places = (board: Board) => board.tiles.map(({ x, y }) => [x, y]);

test("new tiles fill rows from the left, then the next row", () => {
  let board: Board = { id: "b", name: "b", tiles: [], updated_at: "2026-11-21T00:00:00Z" };
  for (let count = 0; count < 3; count++) board = withTile(board, tile);
  expect(places(board)).toEqual([
    [0, 0],
    [6, 0],
    [0, 8],
  ]);
});

test("a new tile never covers another", () => {
  const wide = { ...tile, id: "w", x: 2, y: 0, w: 8, h: 4 };
  const board = withTile({ id: "b", name: "b", tiles: [wide], updated_at: "2026-11-21T00:00:00Z" }, tile);
  expect(places(board)).toEqual([
    [2, 0],
    [0, 4],
  ]);
});
