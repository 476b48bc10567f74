import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMetricChanges } from "@/api";
import type { Metric, MetricDefinition } from "@/api";
import { Failed, useFormat, useProject } from "@/shell";
import { Field, Form, Input, Modal, Select, useNotify } from "@/ui";

const FORMATS = ["number", "percent", "money", "seconds", "ratio"] as const;

export interface FigureChoice {
  name: string;
  title: string;
}
interface Props {
  /** The one that is changed; a new one otherwise. */
  metric?: Metric;
  /** The question a new metric takes its figure from; a formula otherwise. */
  question?: {
    kind: string;
    params: Record<string, unknown>;
    figures: FigureChoice[];
    title: string;
    money: boolean;
  };
  known: string[];
  close: () => void;
}

/** Names a figure, or a formula over other metrics. */
export function MetricForm({ metric, question, known, close }: Props) {
  const { t } = useTranslation(["metrics", "common"]);
  const { message } = useNotify();
  const { language } = useFormat();
  const { save } = useMetricChanges(useProject().id);
  const before = metric?.definition;
  const [name, setName] = useState(metric?.name ?? "");
  const [en, setEn] = useState(before?.title.en ?? question?.title ?? "");
  const [zh, setZh] = useState(before?.title.zh ?? question?.title ?? "");
  const [formula, setFormula] = useState(before?.formula ?? "");
  const [figure, setFigure] = useState(before?.figure ?? question?.figures[0]?.name ?? "");
  const [form, setForm] = useState<string>(before?.format ?? (question?.money ? "money" : ""));
  const [good, setGood] = useState(before?.good ?? "up");
  const [why, setWhy] = useState("");
  const asked = before?.question ?? question;
  const named = /^[a-z][a-z0-9_]{0,63}$/.test(name);
  const ready = named && (en || zh) && (asked ? figure : formula.trim());
  const finish = () => {
    if (!ready || save.isPending) return;
    const definition: MetricDefinition = {
      title: { en: en || zh, zh: zh || en },
      description: before?.description ?? null,
      question: asked ? { kind: asked.kind, params: asked.params } : null,
      figure: asked ? figure : null,
      formula: asked ? null : formula.trim(),
      format: (form || null) as MetricDefinition["format"] | null,
      good,
    };
    save.mutate(
      { name, definition, why },
      {
        onSuccess: () => {
          void message.success(t("saved", { name: language === "en" ? en || zh : zh || en }));
          close();
        },
      },
    );
  };
  const english = (
    <Field key="en" label={t("titleEn")} htmlFor="metric-en">
      <Input id="metric-en" value={en} onChange={(event) => setEn(event.target.value)} />
    </Field>
  );
  const chinese = (
    <Field key="zh" label={t("titleZh")} htmlFor="metric-zh">
      <Input id="metric-zh" value={zh} onChange={(event) => setZh(event.target.value)} />
    </Field>
  );
  return (
    <Modal
      open
      title={t(metric ? "edit" : asked ? "keep" : "new")}
      onCancel={close}
      onOk={finish}
      okText={t("common:save")}
      okButtonProps={{ disabled: !ready }}
      confirmLoading={save.isPending}
      width={480}
    >
      <Form layout="vertical" requiredMark={false}>
        {!metric && (
          <Field label={t("technical")} htmlFor="metric-name" extra={t("technicalNote")}>
            <Input
              id="metric-name"
              value={name}
              maxLength={64}
              status={name && !named ? "error" : ""}
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
        )}
        {language === "en" ? [english, chinese] : [chinese, english]}
        {asked ? (
          <Field label={t("figure")} htmlFor="metric-figure">
            {question ? (
              <Select
                id="metric-figure"
                value={figure}
                onChange={(next: string) => setFigure(next)}
                options={question.figures.map((each) => ({
                  value: each.name,
                  label: each.title === each.name ? each.name : `${each.title} (${each.name})`,
                }))}
              />
            ) : (
              <Input id="metric-figure" value={figure} onChange={(event) => setFigure(event.target.value)} />
            )}
          </Field>
        ) : (
          <Field
            label={t("formula")}
            htmlFor="metric-formula"
            extra={known.length > 0 && t("formulaNote", { names: known.slice(0, 12).join(", ") })}
          >
            <Input id="metric-formula" value={formula} onChange={(event) => setFormula(event.target.value)} />
          </Field>
        )}
        <Field label={t("format")} htmlFor="metric-format">
          <Select
            id="metric-format"
            value={form}
            onChange={(next: string) => setForm(next)}
            options={[
              { value: "", label: t("formats.own") },
              ...FORMATS.map((value) => ({ value, label: t(`formats.${value}`) })),
            ]}
          />
        </Field>
        <Field label={t("good")} htmlFor="metric-good">
          <Select
            id="metric-good"
            value={good}
            onChange={(next: "up" | "down") => setGood(next)}
            options={(["up", "down"] as const).map((value) => ({ value, label: t(`goods.${value}`) }))}
          />
        </Field>
        <Field label={t("why")} htmlFor="metric-why">
          <Input
            id="metric-why"
            value={why}
            maxLength={500}
            placeholder={t("whyNote")}
            onChange={(event) => setWhy(event.target.value)}
            onPressEnter={finish}
          />
        </Field>
      </Form>
      {save.error && <Failed error={save.error} />}
    </Modal>
  );
}
