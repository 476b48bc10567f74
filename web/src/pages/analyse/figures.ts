import type { Answer, Cell, Compared, Figure } from "@/api/questions";
import { difference, joined } from "./words";
import type { Line, Slot, Voices } from "./words";

const SHOWN = 3;

/** An answer's main numbers in one line, the headline with its change. */
export function figuresLine(answer: Answer, voices: Voices): Line<Cell> {
  const { editing, look } = voices;
  const { say, language } = editing;
  const whole = answer.figures.filter((figure) => figure.group === null).slice(0, SHOWN);
  const told = whole.map((figure, at): Line<Cell> => {
    const title = language === "en" ? figure.title.en : figure.title.zh;
    const slot: Slot<Cell> = {
      text: look.say.figure(figure.value, figure.format),
      title,
      ...(figure.cell ? { cell: figure.cell } : {}),
    };
    return {
      text: say(at === 0 ? "line.figure" : "line.and_figure", { title }),
      slots: { n: slot },
    };
  });
  const [first, ...rest] = told;
  const change = whole[0] ? changeOf(whole[0], answer, voices) : null;
  return joined([first ?? null, change, ...rest, { text: say("line.stop"), slots: {} }]);
}

function changeOf(figure: Figure, answer: Answer, voices: Voices): Line<Cell> | null {
  const compared = answer.comparisons[0] as Compared | undefined;
  const then = compared?.figures.find((each) => each.name === figure.name && each.group === null)?.value;
  if (!compared || figure.value === null || then === null || then === undefined) return null;
  if (figure.format === "percent") {
    return difference(figure.value - then, "points", { compared, asked: answer.params }, voices);
  }
  return then === 0
    ? null
    : difference(figure.value / then - 1, "share", { compared, asked: answer.params }, voices);
}
