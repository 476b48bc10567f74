import type { Answer, PathGroup, PathsCell } from "@/api/questions";
import { didWords } from "@/editors";
import { kindSay } from "@/pages/analyse/kits";
import { difference, joined } from "@/pages/analyse/words";
import type { Line, Voices } from "@/pages/analyse/words";
import { wholeName } from "./drawing";
import { EXIT, nodeName } from "./nodes";

function everyone(answer: Answer<"paths">): PathGroup | undefined {
  return answer.result.groups[0];
}

function speaking(answer: Answer<"paths">, { editing, look }: Voices) {
  const say = kindSay("paths", editing.language);
  const { params } = answer;
  return {
    say,
    figure: (value: number) => look.say.figure(value, "number"),
    name: (label: PathGroup["matrix"]["nodes"][number]) => nodeName(label, { editing, say, params }),
  };
}

/** How many paths of how many people, the strongest one, and what became of the goal. */
export function pathsLine(answer: Answer<"paths">, voices: Voices): Line<PathsCell> {
  const { say, figure, name } = speaking(answer, voices);
  const group = everyone(answer);
  const did = didWords(answer.params.anchor, voices.editing);
  if (!group || group.paths === 0) return { text: say("line.none", { did }), slots: {} };
  const percent = voices.look.say.percent;
  const nodesOf = (path: PathGroup["whole"][number]) => path.nodes.filter((node) => node !== null);
  const alone = group.whole.find((path) => nodesOf(path).length === 2 && nodesOf(path)[1]?.[0] === EXIT);
  const best = group.whole.find((path) => path !== alone);
  const unit = answer.params.unit === "life" ? "life" : "session";
  const head: Line<PathsCell> = {
    text: say(`line.head_${unit}`, { did }),
    slots: {
      people: { text: figure(group.people), cell: {}, title: did },
      paths: { text: figure(group.paths) },
    },
  };
  const gone: Line<PathsCell> | null = alone
    ? {
        text: say("line.at_once"),
        slots: {
          gone: { text: percent(alone.share) },
          left: {
            text: figure(alone.people),
            cell: { whole: alone.nodes },
            title: wholeName(alone.nodes, name),
          },
        },
      }
    : null;
  const strongest: Line<PathsCell> | null = best
    ? {
        text: say("line.best", { path: wholeName(best.nodes, name) }),
        slots: {
          share: { text: percent(best.share) },
          who: { text: figure(best.people), cell: { whole: best.nodes }, title: wholeName(best.nodes, name) },
        },
      }
    : null;
  const reached: Line<PathsCell> | null = answer.params.goal
    ? {
        text: say("line.goal", { goal: didWords(answer.params.goal, voices.editing) }),
        slots: {
          rate: {
            text: percent(group.started_paths ? group.converted_paths / group.started_paths : null),
            cell: { converted: true, any_outcome: true },
            title: didWords(answer.params.goal, voices.editing),
          },
        },
      }
    : null;
  return joined([
    head,
    change(answer, group, voices),
    gone,
    strongest,
    reached,
    { text: say("line.stop"), slots: {} },
  ]);
}

function change(answer: Answer<"paths">, group: PathGroup, voices: Voices): Line<PathsCell> | null {
  const compared = answer.comparisons[0];
  const then = compared?.result.groups[0]?.paths;
  if (!compared || !then) return null;
  return difference(group.paths / then - 1, "share", { compared, asked: answer.params }, voices);
}

/** Where paths end unexpectedly, and where they turn back. */
export function pathsNotes(answer: Answer<"paths">, voices: Voices): Line<PathsCell>[] {
  const { say, figure, name } = speaking(answer, voices);
  const group = everyone(answer);
  if (!group) return [];
  const lost = answer.params.goal ? { converted: false } : {};
  const exits = group.exits.slice(0, 2).map((exit): Line<PathsCell> => ({
    text: say("line.exit", {
      node: name(exit.node),
      count: figure(exit.count),
      exits: figure(exit.exits),
      expected: figure(Math.round(exit.expected)),
    }),
    slots: {
      people: {
        text: figure(exit.people),
        cell: { node: exit.node, next: [EXIT], ...lost },
        title: say("line.left_at", { node: name(exit.node) }),
      },
    },
  }));
  const loops = group.loops.slice(0, 1).map((loop): Line<PathsCell> => ({
    text: say("line.loop", {
      path: [loop.node, loop.over, loop.node].map(name).join(" → "),
      count: figure(loop.count),
    }),
    slots: {
      people: {
        text: figure(loop.people),
        cell: { back: [loop.node, loop.over] },
        title: [loop.node, loop.over, loop.node].map(name).join(" → "),
      },
    },
  }));
  return [...exits, ...loops];
}
