import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { useExplainedGoal, useGoal, useGoalChanges } from "@/api";
import type { ExplainedGoal, GoalVersions } from "@/api";
import { Chart, speech, waterfallOption, waterfallStart } from "@/charts";
import { useMetricWords } from "@/pages/metrics/figure";
import { Failed, useAddress, useFormat, useMayEdit, usePeriod, useProject, Versions } from "@/shell";
import { writePeriod } from "@/shell/place";
import { Bone, Button, Change, Figure, Icon, Menu, Page, Section, useNotify, useTheme } from "@/ui";
import back from "@/ui/back.module.css";
import { GoalForm } from "./GoalForm";
import { GoalTree } from "./GoalTree";
import { TargetBar } from "./TargetBar";
import styles from "./goals.module.css";
import { useGoalWords } from "./words";

/** One goal: where it stands, why it changed, and the tree of what makes it up. */
export function Goal() {
  const { t } = useTranslation("goals");
  const { name = "" } = useParams();
  const format = useFormat();
  const address = useAddress();
  const goal = useGoal(useProject().id, name);
  const { period } = usePeriod();
  const found = useExplainedGoal(useProject().id, name, writePeriod(period));
  const title = goal.data ? format.say(goal.data.definition.title) : name;
  const error = goal.error ?? found.error;
  return (
    <Page
      title={
        <>
          <Link to={address("/goals")} className={back.back}>
            <Icon name="left" size={12} />
            {t("title")}
          </Link>
          <br />
          {title}
        </>
      }
      tabTitle={title}
      lead={goal.data?.definition.description ? format.say(goal.data.definition.description) : undefined}
      actions={goal.data && <Actions goal={goal.data} />}
    >
      {error ? (
        <Failed error={error} retry={() => void (goal.error ? goal.refetch() : found.refetch())} />
      ) : found.data ? (
        <Told found={found.data} />
      ) : (
        <Bone h={320} />
      )}
      {goal.data && <History goal={goal.data} />}
    </Page>
  );
}

function Told({ found }: { found: ExplainedGoal }) {
  const { t } = useTranslation("goals");
  const format = useFormat();
  const words = useGoalWords();
  const metric = useMetricWords();
  const { row } = found;
  const change = metric.change({
    value: row.value ?? null,
    previous: row.previous ?? null,
    format: row.format,
  } as Parameters<typeof metric.change>[0]);
  const days = ({ from, to }: { from: string; to: string }) =>
    `${format.day(from, false)} – ${format.day(to, false)}`;
  const dates = {
    now: days(found.period as { from: string; to: string }),
    then: days(found.previous as { from: string; to: string }),
  };
  return (
    <>
      <div className={styles.top}>
        <Figure
          label={`${words.name(row)} · ${dates.now}`}
          value={words.figure(row.value ?? null, row.format)}
          foot={
            change && (
              <Change value={change.by} text={change.text} good={row.good} words={t("against", dates)} />
            )
          }
        />
        <div className={styles.account}>
          <p>{words.sentence(row)}</p>
          {row.progress && <TargetBar progress={row.progress} format={row.format} />}
        </div>
      </div>
      {row.rows.length > 0 && <Steps found={found} />}
      <Section title={t("tree")} note={t("treeNote")}>
        <GoalTree row={row} />
        {row.overlap && (
          <p className={styles.quiet}>
            {t("overlap", {
              covered: format.exact(row.overlap.covered),
              several: format.exact(row.overlap.several),
              none: format.exact(row.overlap.none),
            })}
          </p>
        )}
      </Section>
    </>
  );
}

/** From the value before to the value now, a step for every part. */
function Steps({ found }: { found: ExplainedGoal }) {
  const { t } = useTranslation("goals");
  const { palette } = useTheme();
  const { language, currency, today, percent } = useFormat();
  const words = useGoalWords();
  const { row } = found;
  const known =
    row.value !== null && row.value !== undefined && row.previous !== null && row.previous !== undefined;
  const bars = useMemo(
    () =>
      known
        ? [
            { name: t("before"), amount: row.previous!, whole: true },
            ...row.rows
              .filter(
                ({ way, gain }) => gain !== null && gain !== undefined && (way === "part" || gain !== 0),
              )
              .map((one) => ({
                name: words.name(one, row),
                amount: one.gain!,
                pale: one.way === "residual",
                note: one.share === null || one.share === undefined ? "" : percent(one.share, 0),
              })),
            { name: t("now"), amount: row.value!, whole: true },
          ]
        : [],
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the words follow the language
    [row, known, t, language],
  );
  const narrow = typeof window !== "undefined" && window.innerWidth < 720;
  const option = useMemo(
    () =>
      waterfallOption(
        { bars, format: row.format, good: row.good },
        { palette, narrow, say: speech({ language, currency, today: today(), say: (key) => key }) },
      ),
    [bars, row, palette, narrow, language, currency, today],
  );
  if (!known) return null;
  return (
    <Section title={t("steps")} note={row.method ? t(`method.${row.method}`) : undefined}>
      <Chart option={option} height={bars.length * 34 + 40} label={words.sentence(row)} />
      {waterfallStart(bars) > 0 && (
        <p className={styles.quiet}>
          {t("axisFrom", { start: words.figure(waterfallStart(bars), row.format) })}
        </p>
      )}
    </Section>
  );
}

function History({ goal }: { goal: GoalVersions }) {
  const { t } = useTranslation("goals");
  const mayEdit = useMayEdit();
  const { save } = useGoalChanges(useProject().id);
  const { name } = goal;
  return (
    <Section title={t("versions")}>
      <Versions
        versions={goal.versions}
        restore={mayEdit ? (change) => save.mutateAsync({ name, ...change }) : undefined}
      />
    </Section>
  );
}

function Actions({ goal }: { goal: GoalVersions }) {
  const { t } = useTranslation("goals");
  const mayEdit = useMayEdit();
  const address = useAddress();
  const go = useNavigate();
  const format = useFormat();
  const { message, modal } = useNotify();
  const { remove } = useGoalChanges(useProject().id);
  const [editing, setEditing] = useState(false);
  if (!mayEdit) return null;
  const title = format.say(goal.definition.title);
  const ask = () =>
    void modal.confirm({
      title: t("sure", { name: title }),
      content: t("sureText"),
      okText: t("remove"),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () =>
        remove
          .mutateAsync(goal.name)
          .then(() => go(address("/goals")))
          .catch((error: Error) => void message.error(error.message)),
    });
  return (
    <>
      <Button icon={<Icon name="edit" size={14} />} onClick={() => setEditing(true)}>
        {t("edit")}
      </Button>
      <Menu
        trigger={["click"]}
        placement="bottomRight"
        menu={{ items: [{ key: "remove", label: t("remove"), danger: true }], onClick: ask }}
      >
        <Button type="text" icon={<Icon name="more" />} aria-label={t("actions", { name: title })} />
      </Menu>
      {editing && <GoalForm goal={goal} close={() => setEditing(false)} />}
    </>
  );
}
