import type { Formula } from "@/api/questions";
import { Button, Input, Segmented } from "@/ui";
import { useState } from "react";
import { useEditing } from "./context";
import styles from "./editors.module.css";

/** What is wrong with an expression: letters that name no series, or signs that do not belong. */
export function formulaProblem(expression: string, series: number): { key: string; sign: string } | null {
  const letters = expression.match(/[A-Za-z]+/g) ?? [];
  for (const letter of letters) {
    const index = letter.toUpperCase().charCodeAt(0) - 65;
    if (letter.length > 1 || index >= series) return { key: "formula.no_series", sign: letter };
  }
  const stray = /[^A-Za-z0-9.+\-*/() ]/.exec(expression);
  if (stray) return { key: "formula.stray", sign: stray[0] };
  let depth = 0;
  for (const sign of expression) {
    if (sign === "(") depth += 1;
    if (sign === ")" && --depth < 0) break;
  }
  if (depth !== 0) return { key: "formula.brackets", sign: "( )" };
  return letters.length === 0 ? { key: "formula.no_letter", sign: "A" } : null;
}

/** A line computed from the others: B / A. */
export function FormulaEditor({
  value,
  series,
  names,
  onChange,
  onDone,
}: {
  value: Formula | null;
  /** How many series there are to compute from. */
  series: number;
  names: readonly string[];
  onChange: (formula: Formula) => void;
  onDone: () => void;
}) {
  const { say } = useEditing();
  const [draft, setDraft] = useState<Formula>(
    value ?? { expression: series > 1 ? "B / A" : "A", format: series > 1 ? "percent" : "number" },
  );
  const problem = formulaProblem(draft.expression, series);
  const take = () => {
    if (problem) return;
    onChange({ ...draft, expression: draft.expression.trim().toUpperCase() });
    onDone();
  };
  return (
    <div className={styles.stack}>
      <Input
        data-autofocus
        aria-label={say("formula.expression")}
        value={draft.expression}
        status={problem ? "error" : undefined}
        onChange={(event) => setDraft({ ...draft, expression: event.target.value })}
        onPressEnter={take}
      />
      {problem ? (
        <p className={styles.wrong}>{say(problem.key, { sign: problem.sign })}</p>
      ) : (
        <p className={styles.subtle}>{say("formula.note")}</p>
      )}
      <ul className={styles.letters}>
        {names.map((name, at) => (
          <li key={at}>
            <span className={styles.letter}>{String.fromCharCode(65 + at)}</span> {name}
          </li>
        ))}
      </ul>
      <div className={styles.line}>
        <Segmented
          size="small"
          value={draft.format ?? "number"}
          onChange={(format) => setDraft({ ...draft, format: format as "number" })}
          options={(["number", "percent", "money"] as const).map((each) => ({
            value: each,
            label: say(`format.${each}`),
          }))}
        />
        <Input
          size="small"
          variant="filled"
          style={{ width: 130 }}
          placeholder={say("formula.name")}
          aria-label={say("formula.name")}
          value={draft.name ?? ""}
          onChange={(event) => setDraft({ ...draft, name: event.target.value || null })}
        />
        <Button size="small" type="primary" disabled={problem !== null} onClick={take}>
          {say("done")}
        </Button>
      </div>
    </div>
  );
}
