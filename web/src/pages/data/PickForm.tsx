import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePickChanges, useTried } from "@/api";
import type { PickedEvent, PickDefinition } from "@/api";
import { Failed, useFormat, useProject } from "@/shell";
import { Checkbox, Field, Form, Input, Modal, Radio, useNotify } from "@/ui";
import styles from "./data.module.css";
import { anyPlace, choices, ruleOf } from "./picking";
import type { Pointed, Rule, Tightness } from "./picking";
import { RuleRows } from "./RuleRows";

interface Props {
  /** What a new one is made from. */
  pointed: Pointed | null;
  /** The one that is changed. */
  pick: PickedEvent | null;
  taken: PickedEvent[];
  close: () => void;
}

/** Says how closely an element is meant, and what it is called. */
export function PickForm({ pointed, pick, taken, close }: Props) {
  const { t } = useTranslation(["data", "common"]);
  const { message } = useNotify();
  const { language, exact } = useFormat();
  const project = useProject().id;
  const { save } = usePickChanges(project);
  const offered = pointed ? choices(pointed) : [];
  const [tightness, setTightness] = useState<Tightness>(offered[0] ?? "this");
  const [anyPage, setAnyPage] = useState(false);
  const [rules, setRules] = useState<Rule[]>(pick?.definition.any_of ?? []);
  const [name, setName] = useState(pick?.name ?? "");
  const [zh, setZh] = useState(pick?.definition.title.zh ?? pointed?.element_text ?? "");
  const [en, setEn] = useState(pick?.definition.title.en ?? "");
  const meant = pointed ? [ruleOf(pointed, tightness, anyPage)] : rules;
  const title = { en: en || zh, zh: zh || en };
  const definition: PickDefinition = {
    title,
    description: pick?.definition.description ?? null,
    any_of: meant,
  };
  const whole = meant.every((rule) => (rule.where ?? []).every((one) => one.value !== ""));
  const tried = useTried(project, whole ? { ...definition, title: { en: "-", zh: "-" } } : null);
  const named = /^[a-z][a-z0-9_]{0,63}$/.test(name);
  const clash = !pick && taken.some((one) => one.name === name);
  const ready = named && !clash && Boolean(title.en) && whole;
  const finish = () => {
    if (!ready || save.isPending) return;
    save.mutate(
      { name, definition, why: "" },
      {
        onSuccess: () => {
          void message.success(t("picks.saved", { name: language === "en" ? title.en : title.zh }));
          close();
        },
      },
    );
  };
  return (
    <Modal
      open
      title={t(pick ? "picks.edit" : "picks.new")}
      onCancel={close}
      onOk={finish}
      okText={t("common:save")}
      okButtonProps={{ disabled: !ready }}
      confirmLoading={save.isPending}
      width={560}
    >
      <Form layout="vertical" requiredMark={false}>
        {pointed ? (
          <Field label={t("picks.which")}>
            <Radio.Group
              value={tightness}
              onChange={(event) => setTightness(event.target.value as Tightness)}
              className={styles.choices}
            >
              {offered.map((each) => (
                <Radio key={each} value={each}>
                  <Choice pointed={pointed} tightness={each} anyPage={anyPage} />
                </Radio>
              ))}
            </Radio.Group>
            {pointed.page && (
              <Checkbox checked={anyPage} onChange={(event) => setAnyPage(event.target.checked)}>
                {t("picks.anyPage", { page: pointed.page })}
              </Checkbox>
            )}
          </Field>
        ) : (
          <Field label={t("picks.rules")}>
            <RuleRows rules={rules} change={setRules} />
          </Field>
        )}
        <p className={styles.covers} aria-live="polite">
          {tried.data
            ? t("picks.covers", {
                events: exact(tried.data.events),
                people: exact(tried.data.people),
                ever: exact(tried.data.ever),
              })
            : tried.error
              ? tried.error.message
              : "…"}
        </p>
        <Field label={t("picks.titleZh")} htmlFor="pick-zh">
          <Input id="pick-zh" value={zh} maxLength={100} onChange={(event) => setZh(event.target.value)} />
        </Field>
        <Field label={t("picks.titleEn")} htmlFor="pick-en">
          <Input id="pick-en" value={en} maxLength={100} onChange={(event) => setEn(event.target.value)} />
        </Field>
        {!pick && (
          <Field
            label={t("picks.technical")}
            htmlFor="pick-name"
            extra={clash ? t("picks.clash") : t("picks.technicalNote")}
          >
            <Input
              id="pick-name"
              value={name}
              maxLength={64}
              status={(name && !named) || clash ? "error" : ""}
              onChange={(event) => setName(event.target.value)}
              onPressEnter={finish}
            />
          </Field>
        )}
      </Form>
      {save.error && <Failed error={save.error} />}
    </Modal>
  );
}

/** One way to mean an element, with how often it was clicked lately. */
function Choice(props: { pointed: Pointed; tightness: Tightness; anyPage: boolean }) {
  const { t } = useTranslation("data");
  const { exact } = useFormat();
  const any_of = [ruleOf(props.pointed, props.tightness, props.anyPage)];
  const tried = useTried(useProject().id, { title: { en: "-", zh: "-" }, description: null, any_of });
  const path = props.pointed.element ?? "";
  const shown = {
    this: path,
    alike: anyPlace(path),
    text: `“${props.pointed.element_text ?? ""}”`,
  }[props.tightness];
  return (
    <span className={styles.choice}>
      {t(`picks.tightness.${props.tightness}`)}
      <code title={shown}>{shown}</code>
      <b>{tried.data ? t("picks.times", { n: exact(tried.data.events) }) : "…"}</b>
    </span>
  );
}
