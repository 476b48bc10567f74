import { useMemo } from "react";
import type { SqlQuery } from "@/api";
import { Failed, useProject } from "@/shell";
import { Bone } from "@/ui";
import { Answer } from "./Answer";
import { NOTHING } from "./query";
import { useSqlRun } from "./run";

/** A query's answer on a board, drawn as it was when it was put there. */
export function SqlTile({ params }: { params: Record<string, unknown> }) {
  const project = useProject();
  const query = useMemo<SqlQuery>(() => ({ ...NOTHING, ...(params as Partial<SqlQuery>) }), [params]);
  const { answer, error, again } = useSqlRun(project.id, query);
  if (error) return <Failed error={error} retry={again} />;
  if (!answer) return <Bone w="100%" h="100%" />;
  return <Answer answer={answer} chart={query.chart} compact />;
}
