import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, projectPath } from "./client";
import type { Board, Tile } from "./types";

const key = (project: string) => ["boards", project] as const;

export function useBoards(project: string) {
  return useQuery({
    queryKey: key(project),
    queryFn: async () => {
      const answer = await call<Board[] | { boards: Board[] }>("GET", projectPath(project, "/boards"));
      return Array.isArray(answer) ? answer : answer.boards;
    },
  });
}

export function useBoard(project: string, id: string) {
  return useQuery({
    queryKey: [...key(project), id],
    queryFn: () => call<Board>("GET", projectPath(project, `/boards/${id}`)),
  });
}

export function useCreateBoard(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (board: { name: string; tiles: Tile[] }) =>
      call<Board>("POST", projectPath(project, "/boards"), { body: board }),
    onSuccess: (board) => {
      queries.setQueryData([...key(project), board.id], board);
      void queries.invalidateQueries({ queryKey: key(project), exact: true });
    },
  });
}

export function useSaveBoard(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({
      id,
      name,
      tiles,
      updated_at,
    }: Pick<Board, "id" | "name" | "tiles"> & { updated_at?: string }) =>
      call<Board>("PUT", projectPath(project, `/boards/${id}`), { body: { name, tiles, updated_at } }),
    onSuccess: (board) => {
      queries.setQueryData([...key(project), board.id], board);
      void queries.invalidateQueries({ queryKey: key(project), exact: true });
    },
  });
}

export function useDeleteBoard(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => call<void>("DELETE", projectPath(project, `/boards/${id}`)),
    onSuccess: () => queries.invalidateQueries({ queryKey: key(project), exact: true }),
  });
}

const COLUMNS = 12;
/** Puts a new tile into the first free place, from the top and from the left. */
export function withTile(board: Board, tile: Omit<Tile, "id" | "x" | "y" | "w" | "h">): Board {
  const size = { w: 6, h: 8 };
  const free = (x: number, y: number) =>
    board.tiles.every(
      (each) => x + size.w <= each.x || each.x + each.w <= x || y + size.h <= each.y || each.y + each.h <= y,
    );
  const rows = [0, ...board.tiles.map((each) => each.y + each.h)].sort((a, b) => a - b);
  const places = rows.flatMap((y) => [0, COLUMNS - size.w].map((x) => ({ x, y })));
  const place = places.find(({ x, y }) => free(x, y)) ?? { x: 0, y: rows.at(-1)! };
  const id = `t${Date.now().toString(36)}${board.tiles.length}`;
  return { ...board, tiles: [...board.tiles, { ...tile, id, ...place, ...size }] };
}
