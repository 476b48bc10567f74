import type { SessionBin, SessionsCell } from "@/api/questions";
import type { Look } from "@/charts";
import type { Say } from "@/editors";
import { OpenFigure, ShareBar } from "@/ui";
import styles from "./sessions.module.css";

/** One distribution: a bar a bin, with the people of each. */
export function Bins({
  bins,
  of,
  look,
  say,
  onOpen,
}: {
  bins: readonly SessionBin[];
  of: "duration" | "depth";
  look: Look;
  say: Say;
  onOpen: (cell: SessionsCell, title: string) => void;
}) {
  const total = bins.reduce((sum, { sessions }) => sum + sessions, 0);
  const most = Math.max(1, ...bins.map(({ sessions }) => sessions));
  const edge = (value: number) =>
    of === "duration" ? look.say.duration(value) : look.say.figure(value, "number");
  const name = ({ low, high }: SessionBin) => {
    if (high === null) return say("bins.from", { low: edge(low) });
    if (high === low + 1) return edge(low);
    const last = of === "depth" ? high - 1 : high;
    return low === 0 && of === "duration"
      ? say("bins.under", { high: edge(high) })
      : say("bins.between", { low: edge(low), high: edge(last) });
  };
  return (
    <table className={styles.bins}>
      <caption>{say(`bins.${of}`)}</caption>
      <thead className="tw-hidden">
        <tr>
          <th scope="col">{say(`bins.${of}`)}</th>
          <th scope="col">{say("bins.share")}</th>
          <th scope="col">{say("figure.sessions")}</th>
          <th scope="col">{say("figure.people")}</th>
        </tr>
      </thead>
      <tbody>
        {bins.map((bin, at) =>
          of === "depth" && bin.high === 1 ? null : (
            <tr key={bin.low}>
              <th scope="row">{name(bin)}</th>
              <td>
                <ShareBar share={bin.sessions / most} />
              </td>
              <td>{look.say.percent(total ? bin.sessions / total : null)}</td>
              <td>
                <OpenFigure
                  title={look.say.word("chart.open")}
                  onOpen={() => onOpen({ [of]: at }, `${say(`bins.${of}`)} · ${name(bin)}`)}
                >
                  {say("bins.people", { n: look.say.figure(bin.people, "number") })}
                </OpenFigure>
              </td>
            </tr>
          ),
        )}
      </tbody>
    </table>
  );
}
