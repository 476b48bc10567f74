import { useState } from "react";
import { useMetrics } from "@/api";
import type { Answer, Cell, Params } from "@/api/questions";
import { csv } from "@/charts";
import type { ChartHandle, TableModel } from "@/charts";
import { useEditing } from "@/editors";
import { useMayEdit } from "@/shell";
import { isMoney } from "@/editors/names";
import { MetricForm } from "@/pages/metrics/MetricForm";
import { Button, Icon, Menu, Modal, useNotify } from "@/ui";
import { command, curl } from "./commands";
import type { AnalysisKit } from "./kit";
import { SaveToBoard } from "./SaveToBoard";
import styles from "./analyse.module.css";

function download(name: string, href: string): void {
  const link = document.createElement("a");
  link.href = href;
  link.download = name;
  link.click();
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

export interface ActionsProps {
  kit: AnalysisKit;
  params: Params;
  view: string | null;
  title: string;
  /** The address of this view in full: nothing left to what happens to be remembered. */
  link: string;
  table: TableModel<Cell> | null;
  chart: React.RefObject<ChartHandle | null>;
  figures: Answer["figures"];
}

/** What can be done with an answer: hand it on, keep it, take it out, ask it elsewhere. */
export function Actions({ kit, params, view, title, link, table, chart, figures }: ActionsProps) {
  const { say, today } = useEditing();
  const { message } = useNotify();
  const [saving, setSaving] = useState(false);
  const [coding, setCoding] = useState(false);
  const [naming, setNaming] = useState(false);
  const mayEdit = useMayEdit();
  const { kind } = kit;
  const file = `${kind}-${today}`;
  return (
    <>
      <Button
        size="small"
        icon={<Icon name="link" size={14} />}
        onClick={() => void copy(link).then((done) => message.info(done ? say("action.link_copied") : link))}
      >
        {say("action.copy_link")}
      </Button>
      {mayEdit && (
        <Button size="small" icon={<Icon name="boards" size={14} />} onClick={() => setSaving(true)}>
          {say("action.save")}
        </Button>
      )}
      <Menu
        trigger={["click"]}
        menu={{
          items: [
            { key: "csv", label: say("action.csv"), disabled: table === null },
            { key: "png", label: say("action.png") },
            { type: "divider" },
            ...(mayEdit
              ? [{ key: "metric", label: say("action.metric"), disabled: figures.length === 0 }]
              : []),
            { key: "code", label: say("action.code") },
          ],
          onClick: ({ key }) => {
            if (key === "csv" && table) {
              const href = URL.createObjectURL(new Blob([csv(table)], { type: "text/csv;charset=utf-8" }));
              download(`${file}.csv`, href);
              URL.revokeObjectURL(href);
            }
            if (key === "png") {
              if (chart.current) void chart.current.png().then((href) => download(`${file}.png`, href));
              else message.info(say("action.no_chart"));
            }
            if (key === "code") setCoding(true);
            if (key === "metric") setNaming(true);
          },
        }}
      >
        <Button size="small" icon={<Icon name="download" size={14} />}>
          {say("action.export")}
        </Button>
      </Menu>
      {saving && (
        <SaveToBoard kind={kind} params={params} view={view} title={title} onClose={() => setSaving(false)} />
      )}
      {naming && (
        <NameMetric
          kind={kind}
          params={params}
          title={title}
          figures={figures}
          close={() => setNaming(false)}
        />
      )}
      <Code open={coding} kit={kit} params={params} onClose={() => setCoding(false)} />
    </>
  );
}

const ADDED = ["sum", "mean", "min", "max", "median", "percentile"];
/** Whether the first line of a trend is an amount. */
function sumsMoney(params: object): boolean {
  const { series } = params as { series?: { measure?: { kind?: string; property?: string | null } }[] };
  const measure = series?.[0]?.measure;
  return ADDED.includes(measure?.kind ?? "") && isMoney(measure?.property ?? "");
}

function NameMetric({
  kind,
  params,
  title,
  figures,
  close,
}: Pick<ActionsProps, "params" | "title" | "figures"> & { kind: string; close: () => void }) {
  const { project, language } = useEditing();
  const metrics = useMetrics(project.id);
  const named = figures.filter(({ group }) => group === null);
  const question = {
    kind,
    params: params as Record<string, unknown>,
    title,
    money: sumsMoney(params),
    figures: named.map((one) => ({ name: one.name, title: language === "en" ? one.title.en : one.title.zh })),
  };
  return (
    <MetricForm question={question} known={(metrics.data ?? []).map(({ name }) => name)} close={close} />
  );
}

function Code({
  open,
  kit,
  params,
  onClose,
}: {
  open: boolean;
  kit: AnalysisKit;
  params: Params;
  onClose: () => void;
}) {
  const { say, project } = useEditing();
  const { message } = useNotify();
  const parts = [
    { key: "api", text: curl(location.origin, project.id, kit.kind, params) },
    { key: "cli", text: command(project.id, kit.kind, params, kit.flags?.(params) ?? null) },
  ] as const;
  return (
    <Modal open={open} title={say("code.title")} onCancel={onClose} footer={null} width={640}>
      <p className={styles.note}>{say("code.note")}</p>
      {parts.map(({ key, text }) => (
        <section key={key} className={styles.code}>
          <header>
            <b>{say(`code.${key}`)}</b>
            <Button
              size="small"
              type="text"
              icon={<Icon name="copy" size={14} />}
              onClick={() => void copy(text).then((done) => done && message.info(say("code.copied")))}
            >
              {say("code.copy")}
            </Button>
          </header>
          <pre>{text}</pre>
        </section>
      ))}
    </Modal>
  );
}
