import type { GroupLabel, PathLink, PathsCell } from "@/api/questions";
import type { Look } from "@/charts";
import { Button, OpenFigure, ShareBar } from "@/ui";
import { colours } from "./drawing";
import type { Drawn, FlowNode } from "./drawing";
import { isMark, linkCell, nodeCell, sameNode } from "./nodes";
import styles from "./paths.module.css";

interface Props {
  drawn: Drawn;
  look: Look;
  chosen: FlowNode;
  title: string;
  onOpen: (cell: PathsCell, title: string) => void;
  onChoose: (node: FlowNode | null) => void;
  onAnchor: (node: GroupLabel, position: "start" | "end") => void;
}

/** One node of the flow: what comes before it and after it, its people, and paths from here. */
export function Around({ drawn, look, chosen, title, onOpen, onChoose, onAnchor }: Props) {
  const { group, say, name } = drawn;
  const { at, node } = chosen;
  const held = group.steps.find((step) => step.at === at)?.nodes.find((each) => sameNode(each.node, node));
  const after = group.links.filter((link) => link.at === at && sameNode(link.source, node));
  const before = group.links.filter((link) => link.at === at - 1 && sameNode(link.target, node));
  return (
    <section className={styles.around} aria-label={title}>
      <header>
        <h2>{title}</h2>
        <span>{say("around.paths", { n: look.say.figure(chosen.count, "number") })}</span>
        {held && (
          <OpenFigure title={say("around.open")} onOpen={() => onOpen(nodeCell(group, at, node), title)}>
            {say("around.people", { n: look.say.figure(held.people, "number") })}
          </OpenFigure>
        )}
        <i />
        {!isMark(node) && (
          <>
            <Button size="small" onClick={() => onAnchor(node, "start")}>
              {say("around.from")}
            </Button>
            <Button size="small" onClick={() => onAnchor(node, "end")}>
              {say("around.to")}
            </Button>
          </>
        )}
        <Button size="small" type="text" onClick={() => onChoose(null)}>
          {say("around.close")}
        </Button>
      </header>
      <div>
        {(before.length > 0 || Boolean(held?.less_before)) && (
          <Ends
            heading={say("around.before")}
            links={before}
            side="source"
            total={chosen.count}
            less={held?.less_before ?? 0}
          />
        )}
        {(after.length > 0 || Boolean(held?.less_after)) && (
          <Ends
            heading={say("around.after")}
            links={after}
            side="target"
            total={chosen.count}
            less={held?.less_after ?? 0}
          />
        )}
      </div>
    </section>
  );

  function Ends({
    heading,
    links,
    side,
    total,
    less,
  }: {
    heading: string;
    links: PathLink[];
    side: "source" | "target";
    total: number;
    /** Paths by links that are not listed. */
    less: number;
  }) {
    const colour = colours(group, look);
    return (
      <table className={styles.ends}>
        <thead>
          <tr>
            <th scope="col">{heading}</th>
            <th scope="col">{say("paths")}</th>
            <th scope="col" aria-label={say("whole.share")} />
            <th scope="col">{say("people")}</th>
          </tr>
        </thead>
        <tbody>
          {[...links]
            .sort((a, b) => b.count - a.count)
            .map((link) => {
              const other = link[side];
              const words = `${name(link.source)} → ${name(link.target)}`;
              const there = side === "target" ? at + 1 : at - 1;
              return (
                <tr key={JSON.stringify(other)}>
                  <th scope="row">
                    <OpenFigure
                      {...(isMark(other)
                        ? {}
                        : {
                            onOpen: () =>
                              onChoose({ at: there, node: other, count: countOf(there, other, link.count) }),
                          })}
                    >
                      {name(other)}
                    </OpenFigure>
                  </th>
                  <td>{look.say.figure(link.count, "number")}</td>
                  <td className={styles.share}>
                    <ShareBar share={link.count / Math.max(1, total)} color={colour(other)} />
                    {look.say.percent(link.count / Math.max(1, total))}
                  </td>
                  <td>
                    <OpenFigure
                      title={say("around.open")}
                      onOpen={() => onOpen(linkCell(group, link), words)}
                    >
                      {look.say.figure(link.people, "number")}
                    </OpenFigure>
                  </td>
                </tr>
              );
            })}
          {less > 0 && (
            <tr>
              <th scope="row">{say("around.less")}</th>
              <td>{look.say.figure(less, "number")}</td>
              <td className={styles.share}>
                <ShareBar share={less / Math.max(1, total)} color={look.palette.edge} />
                {look.say.percent(less / Math.max(1, total))}
              </td>
              <td>–</td>
            </tr>
          )}
        </tbody>
      </table>
    );
  }

  function countOf(step: number, other: GroupLabel, fallback: number): number {
    const nodes = group.steps.find((each) => each.at === step)?.nodes ?? [];
    return nodes.find((each) => sameNode(each.node, other))?.count ?? fallback;
  }
}
