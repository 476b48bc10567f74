import { useCallback, useMemo } from "react";
import { ANALYSES } from "@/api/questions";
import type { Analysis, Params } from "@/api/questions";
import { EditingProvider, useEditing } from "@/editors";
import { Failed, usePeopleDrawer, useProject } from "@/shell";
import { Bone } from "@/ui";
import type { AnalysisKit } from "./AnalysisPage";
import type { OpenCell } from "./answers";
import { kits } from "./kits";
import { named } from "./named";
import { useRun } from "./run";
import styles from "./analyse.module.css";

export interface AnswerViewProps {
  project: string;
  kind: string;
  params: Record<string, unknown>;
  /** Which of the kind's charts: "line", "bar", "table" …; null is the kind's own choice. */
  view: string | null;
  /** On a board: no controls, fills its parent's height. */
  compact?: boolean;
}

/** Asks a question and shows its answer. Boards draw their tiles with it. */
export function AnswerView({ kind, params, view, compact = false }: AnswerViewProps) {
  const project = useProject();
  if (!ANALYSES.includes(kind as Analysis)) return null;
  return (
    <EditingProvider project={project}>
      <View
        kit={kits[kind as Analysis] as unknown as AnalysisKit<Analysis>}
        params={params as Params}
        view={view}
        compact={compact}
      />
    </EditingProvider>
  );
}

function View({
  kit,
  params,
  view,
  compact,
}: {
  kit: AnalysisKit<Analysis>;
  params: Params;
  view: string | null;
  compact: boolean;
}) {
  const editing = useEditing();
  const { project, say } = editing;
  const openPeople = usePeopleDrawer();
  const { answer: plain, error, fetching, again } = useRun(project.id, kit.kind, params);
  const answer = useMemo(() => (plain ? named(plain, editing) : undefined), [plain, editing]);
  const onOpen = useCallback(
    ({ cell, title }: OpenCell) =>
      answer &&
      openPeople({
        kind: kit.kind,
        params: answer.params as Record<string, unknown>,
        cell: cell as Record<string, unknown>,
        title,
      }),
    [answer, kit.kind, openPeople],
  );
  const { Answer } = kit;
  if (error) return <Failed error={error} retry={again} />;
  if (!answer) return <Bone w="100%" h={compact ? "100%" : 280} />;
  if (kit.isEmpty(answer)) return <p className={styles.note}>{say("empty.nobody")}</p>;
  return (
    <div className={compact ? styles.tile : undefined} aria-busy={fetching}>
      <Answer answer={answer} view={view} onOpen={onOpen} compact={compact} />
    </div>
  );
}
