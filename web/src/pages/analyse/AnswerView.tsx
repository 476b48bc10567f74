import { Suspense, useCallback, useMemo } from "react";
import type { Params } from "@/api/questions";
import { EditingProvider, useEditing } from "@/editors";
import { Failed, usePeopleDrawer, useProject } from "@/shell";
import { Bone } from "@/ui";
import type { OpenCell } from "./answers";
import type { AnalysisKit } from "./kit";
import { useKit } from "./kits";
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
export function AnswerView({ compact = false, ...rest }: AnswerViewProps) {
  const project = useProject();
  return (
    <EditingProvider project={project}>
      <Suspense fallback={<Bone w="100%" h={compact ? "100%" : 280} />}>
        <Kitted compact={compact} {...rest} />
      </Suspense>
    </EditingProvider>
  );
}

function Kitted({ kind, params, view, compact }: Omit<AnswerViewProps, "compact"> & { compact: boolean }) {
  const kit = useKit(kind);
  return kit && <View kit={kit} params={params as Params} view={view} compact={compact} />;
}

function View({
  kit,
  params,
  view,
  compact,
}: {
  kit: AnalysisKit;
  params: Params;
  view: string | null;
  compact: boolean;
}) {
  const editing = useEditing();
  const { project, say } = editing;
  const openPeople = usePeopleDrawer();
  const { answer: plain, error, fetching, again } = useRun(project.id, kit.kind, params);
  const answer = useMemo(
    () => (plain ? (kit.named?.(plain, editing) ?? plain) : undefined),
    [kit, plain, editing],
  );
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
