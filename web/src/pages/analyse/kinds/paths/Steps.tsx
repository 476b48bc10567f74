import type { GroupLabel, PathsCell } from "@/api/questions";
import type { Look } from "@/charts";
import { OpenFigure, ShareBar } from "@/ui";
import { colours, stepName } from "./drawing";
import type { Drawn } from "./drawing";
import { EXIT, isMark, linkCell, nodeCell, sameNode } from "./nodes";
import styles from "./paths.module.css";

interface Props {
  drawn: Drawn;
  look: Look;
  onOpen: (cell: PathsCell, title: string) => void;
  onAnchor: (node: GroupLabel, position: "start" | "end") => void;
}

/** The flow as a list: step by step what people did, and how many left there. */
export function Steps({ drawn, look, onOpen, onAnchor }: Props) {
  const { group, say, name } = drawn;
  const colour = colours(group, look);
  return (
    <ol className={styles.steps}>
      {group.steps.map(({ at, nodes }) => {
        const listed = ({ node }: (typeof nodes)[number]) =>
          at === 0 ||
          group.links.some(
            (link) =>
              (link.at === at && sameNode(link.source, node)) ||
              (link.at === at - 1 && sameNode(link.target, node)),
          );
        const total = nodes.reduce((sum, { count }) => sum + count, 0);
        return (
          <li key={at}>
            <h2>
              {stepName(at, say)}
              <small>{say("around.paths", { n: look.say.figure(total, "number") })}</small>
            </h2>
            <ul>
              {nodes.filter(listed).map(({ node, count, people }) => {
                const left = group.links.find(
                  (link) => link.at === at && link.target[0] === EXIT && sameNode(link.source, node),
                );
                const title = `${stepName(at, say)} · ${name(node)}`;
                return (
                  <li key={JSON.stringify(node)}>
                    <span className={styles.what}>
                      <OpenFigure {...(isMark(node) ? {} : { onOpen: () => onAnchor(node, "start") })}>
                        {name(node)}
                      </OpenFigure>
                      <ShareBar share={count / Math.max(1, group.paths)} color={colour(node)} />
                    </span>
                    <span className={styles.figures}>
                      <b>{look.say.percent(count / Math.max(1, group.paths))}</b>
                      <OpenFigure
                        title={say("around.open")}
                        onOpen={() => onOpen(nodeCell(group, at, node), title)}
                      >
                        {say("around.people", { n: look.say.figure(people, "number") })}
                      </OpenFigure>
                      {left && (
                        <OpenFigure
                          title={say("around.open")}
                          onOpen={() => onOpen(linkCell(group, left), `${name(node)} → ${name(left.target)}`)}
                        >
                          {say("steps.left", { share: look.say.percent(left.count / count) })}
                        </OpenFigure>
                      )}
                    </span>
                  </li>
                );
              })}
            </ul>
          </li>
        );
      })}
    </ol>
  );
}
