import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { Asked } from "@/api/questions";
import type { GoalRow } from "@/api";
import { writeQuestion } from "@/pages/analyse/address";
import { useAddress, useFormat } from "@/shell";
import { Button, Icon, List, Menu, Tooltip } from "@/ui";
import { TargetBar } from "./TargetBar";
import styles from "./goals.module.css";
import { useGoalWords } from "./words";

interface Line {
  row: GoalRow;
  depth: number;
  above: GoalRow | undefined;
}

/** The tree, a line a part: its value in both periods, and what it brought to the goal. */
export function GoalTree({ row }: { row: GoalRow }) {
  const { t } = useTranslation("goals");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const lines: Line[] = [];
  const walk = (one: GoalRow, depth: number, above?: GoalRow) => {
    if ((one.way === "residual" || one.way === "rest") && !one.gain && depth > 1) return;
    lines.push({ row: one, depth, above });
    if (!closed.has(one.path)) one.rows.forEach((below) => walk(below, depth + 1, one));
  };
  walk(row, 0);
  const most = Math.max(Math.abs(row.change ?? 0), ...lines.map(({ row: one }) => Math.abs(one.gain ?? 0)));
  const toggle = (path: string) =>
    setClosed((before) => {
      const next = new Set(before);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  return (
    <List
      label={t("tree")}
      head={
        <>
          <th>{t("part")}</th>
          <th data-right>{t("value")}</th>
          <th data-right data-wide>
            {t("previous")}
          </th>
          <th data-right>{t("gain")}</th>
          <th data-wide aria-hidden="true" />
          <th data-right data-wide>
            {t("share")}
          </th>
          <th aria-hidden="true" />
        </>
      }
    >
      {lines.map((line) => (
        <TreeLine
          key={line.row.path}
          line={line}
          root={row}
          most={most}
          closed={closed.has(line.row.path)}
          toggle={() => toggle(line.row.path)}
        />
      ))}
    </List>
  );
}

function TreeLine({
  line: { row, depth, above },
  root,
  most,
  closed,
  toggle,
}: {
  line: Line;
  root: GoalRow;
  most: number;
  closed: boolean;
  toggle: () => void;
}) {
  const { t } = useTranslation("goals");
  const format = useFormat();
  const words = useGoalWords();
  const name = words.name(row, above);
  const gain = row.gain ?? null;
  const valued = row.way !== "residual" && row.way !== "mix";
  const split =
    row.within !== null && row.within !== undefined && row.mix !== null && row.mix !== undefined
      ? t("withinAndMix", {
          within: words.gain(row.within, root.format),
          mix: words.gain(row.mix, root.format),
        })
      : undefined;
  return (
    <tr data-way={row.way}>
      <td style={{ paddingLeft: 4 + depth * 18 }}>
        <div className={styles.name}>
          {row.rows.length > 0 ? (
            <button
              type="button"
              className={styles.fold}
              aria-expanded={!closed}
              aria-label={t(closed ? "unfold" : "fold", { name })}
              onClick={toggle}
            >
              <Icon name={closed ? "right" : "down"} size={12} />
            </button>
          ) : (
            <span className={styles.fold} />
          )}
          <span className={valued ? styles.title : styles.quiet}>
            {name}
            {row.owner && <small className={styles.owner}>{row.owner}</small>}
            {row.method && (
              <Tooltip title={t(`methodText.${row.method}`)}>
                <small className={styles.tag}>{t(`how.${row.how ?? "sum"}`)}</small>
              </Tooltip>
            )}
            {row.reason === "unknown" && <small className={styles.tag}>{t("unknown")}</small>}
          </span>
        </div>
        {depth > 0 && row.progress && (
          <div className={styles.under}>
            <TargetBar progress={row.progress} format={row.format} />
          </div>
        )}
        {row.measures.length > 0 && (
          <ul className={styles.watched}>
            {row.measures.map((one) => (
              <li key={one.metric}>
                {format.say(one.title)} <b>{words.figure(one.value, one.format)}</b>{" "}
                <small>{t("was", { value: words.figure(one.previous, one.format) })}</small>
                {one.progress && <small> · {words.progress(one.progress, one.format)}</small>}
              </li>
            ))}
            {row.score !== null && row.score !== undefined && (
              <li>
                {t("score")} <b>{format.percent(row.score, 0)}</b>
              </li>
            )}
          </ul>
        )}
      </td>
      <td data-right>{valued ? words.figure(row.value ?? null, row.format) : ""}</td>
      <td data-right data-wide className={styles.quiet}>
        {valued ? words.figure(row.previous ?? null, row.format) : ""}
      </td>
      <td data-right title={split}>
        {gain === null ? "–" : <b>{words.gain(gain, root.format)}</b>}
        {split && <small className={styles.split}>{split}</small>}
      </td>
      <td data-wide className={styles.barCell}>
        <GainBar gain={gain} most={most} good={root.good} />
      </td>
      <td data-right data-wide className={styles.quiet}>
        {row.share === null || row.share === undefined ? "–" : format.percent(row.share, 0)}
      </td>
      <td data-right>
        <OpenIn row={row} name={name} />
      </td>
    </tr>
  );
}

/** A bar to the right of the middle for what raised the goal, to the left for what lowered it. */
function GainBar({ gain, most, good }: { gain: number | null; most: number; good: "up" | "down" }) {
  if (gain === null || !most) return null;
  const width = (Math.abs(gain) / most) * 50;
  const better = good === "up" ? gain >= 0 : gain <= 0;
  return (
    <span className={styles.bar} aria-hidden="true">
      <span data-better={better} style={{ width: `${width}%`, left: gain >= 0 ? "50%" : `${50 - width}%` }} />
    </span>
  );
}

function OpenIn({ row, name }: { row: GoalRow; name: string }) {
  const { t } = useTranslation("goals");
  const address = useAddress();
  const go = useNavigate();
  const opens = row.opens;
  if (opens.length === 0) return null;
  const open = (place: number) => {
    const one = opens[place]!;
    void go(address(`/analyse/${one.kind}`, writeQuestion(one.params as Asked, null)));
  };
  const button = (
    <Button
      type="text"
      size="small"
      icon={<Icon name="external" size={14} />}
      aria-label={t("openIn", { name })}
      title={t("openIn", { name })}
      onClick={opens.length === 1 ? () => open(0) : undefined}
    />
  );
  if (opens.length === 1) return button;
  return (
    <Menu
      trigger={["click"]}
      placement="bottomRight"
      menu={{
        items: opens.map((_, place) => ({
          key: String(place),
          label: t(place === 0 ? "openTop" : "openBottom"),
        })),
        onClick: ({ key }) => open(Number(key)),
      }}
    >
      {button}
    </Menu>
  );
}
