import { OpenFigure } from "@/ui";
import { Sentence } from "@/editors";
import type { Cell } from "@/api/questions";
import type { OpenCell } from "./answers";
import type { Line } from "./words";
import styles from "./analyse.module.css";

/** One sentence whose figures open into their people. */
export function AnswerLine<C extends Cell>({
  line,
  onOpen,
  openLabel,
}: {
  line: Line<C>;
  onOpen?: (open: OpenCell) => void;
  openLabel: string;
}) {
  const slots = Object.fromEntries(
    Object.entries(line.slots).map(([mark, slot]) => {
      const { cell } = slot;
      return [
        mark,
        <b key={mark} className={styles.figure} data-tone={slot.tone}>
          {cell && onOpen ? (
            <OpenFigure title={openLabel} onOpen={() => onOpen({ cell, title: slot.title ?? slot.text })}>
              {slot.text}
            </OpenFigure>
          ) : (
            slot.text
          )}
        </b>,
      ];
    }),
  );
  return <Sentence text={line.text} slots={slots} />;
}
