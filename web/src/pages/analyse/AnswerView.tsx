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
export function AnswerView({ kind }: AnswerViewProps) {
  return <span>{kind}</span>;
}
