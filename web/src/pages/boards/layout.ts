import type { Tile } from "@/api";

export const COLUMNS = 12;
export const ROW = 24;
export const GAP = 16;

export interface Placed {
  i: string;
  x: number;
  y: number;
  w: number;
  h: number;
}

export const placed = (tiles: readonly Tile[]): Placed[] =>
  tiles.map(({ id, x, y, w, h }) => ({ i: id, x, y, w, h }));

/** Tiles at the places of a layout; the same array when nothing moved. */
export function moved(tiles: Tile[], layout: readonly Placed[]): Tile[] {
  const places = new Map(layout.map((place) => [place.i, place]));
  let same = true;
  const next = tiles.map((tile) => {
    const place = places.get(tile.id);
    if (!place || (place.x === tile.x && place.y === tile.y && place.w === tile.w && place.h === tile.h))
      return tile;
    same = false;
    return { ...tile, x: place.x, y: place.y, w: place.w, h: place.h };
  });
  return same ? tiles : next;
}

/** One step by keyboard: arrows move, with shift they resize. */
export function stepped(tile: Tile, key: string, resize: boolean): Tile {
  const across = key === "ArrowLeft" ? -1 : key === "ArrowRight" ? 1 : 0;
  const down = key === "ArrowUp" ? -1 : key === "ArrowDown" ? 1 : 0;
  if (resize) {
    return {
      ...tile,
      w: Math.min(COLUMNS - tile.x, Math.max(2, tile.w + across)),
      h: Math.max(4, tile.h + down),
    };
  }
  return {
    ...tile,
    x: Math.min(COLUMNS - tile.w, Math.max(0, tile.x + across)),
    y: Math.max(0, tile.y + down),
  };
}

/** Reading order: from the top, then from the left. */
export function inOrder(tiles: readonly Tile[]): Tile[] {
  return [...tiles].sort((a, b) => a.y - b.y || a.x - b.x);
}

/** Pixels a tile of `h` rows is high. */
export const heightOf = (h: number): number => h * ROW + (h - 1) * GAP;
