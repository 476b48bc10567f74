import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNames } from "@/shell";
import { AutoComplete, Button, Drawer, Field, Form, Icon, Input, Select } from "@/ui";
import { OPS, TELLING, bare, emptyLook, isWhole, written } from "./rules";
import type { Look, Rule } from "./rules";
import styles from "./enrichment.module.css";

/** One rule: a channel, and what an event must say to belong to it. */
export function RuleForm({
  rule,
  known,
  close,
  put,
}: {
  rule: Rule;
  known: string[];
  close: () => void;
  put: (rule: Rule) => void;
}) {
  const { t } = useTranslation(["enrichment", "common"]);
  const names = useNames();
  const [draft, setDraft] = useState(rule);
  const look = (at: number, change: Partial<Look>) =>
    setDraft({
      ...draft,
      when: draft.when.map((one, place) => (place === at ? { ...one, ...change } : one)),
    });
  return (
    <Drawer
      open
      onClose={close}
      size={560}
      title={t("rule")}
      footer={
        <div className={styles.foot}>
          <Button onClick={close}>{t("common:cancel")}</Button>
          <Button type="primary" disabled={!isWhole(draft)} onClick={() => put(written(draft))}>
            {t("try")}
          </Button>
        </div>
      }
    >
      <Form layout="vertical" requiredMark={false}>
        <Field label={t("channel")} htmlFor="rule-channel" extra={t("channelNote")}>
          <AutoComplete
            id="rule-channel"
            value={draft.channel}
            options={known.map((value) => ({ value, label: names.channel(value) }))}
            onChange={(channel: string) => setDraft({ ...draft, channel })}
          />
        </Field>
        <Field label={t("whenAll")}>
          {draft.when.map((one, at) => (
            <div key={at} className={styles.fields}>
              <AutoComplete
                aria-label={t("property")}
                value={one.property}
                options={TELLING.map((value) => ({ value }))}
                filterOption={(typed, option) => String(option?.value).includes(typed)}
                onChange={(property: string) => look(at, { property })}
              />
              <Select
                aria-label={t("op")}
                value={one.op}
                options={OPS.map((value) => ({ value, label: t(`ops.${value}`) }))}
                onChange={(op: Look["op"]) => look(at, { op })}
              />
              {bare(one.op) ? (
                <span />
              ) : (
                <Select
                  aria-label={t("values")}
                  mode="tags"
                  value={one.values}
                  tokenSeparators={[",", "，", "\n"]}
                  placeholder={t("valuesNote")}
                  notFoundContent={null}
                  onChange={(values: string[]) => look(at, { values })}
                />
              )}
              <Button
                type="text"
                icon={<Icon name="close" size={14} />}
                aria-label={t("common:delete")}
                disabled={draft.when.length === 1}
                onClick={() => setDraft({ ...draft, when: draft.when.filter((_, place) => place !== at) })}
              />
            </div>
          ))}
          <Button
            size="small"
            icon={<Icon name="plus" size={14} />}
            onClick={() => setDraft({ ...draft, when: [...draft.when, emptyLook()] })}
          >
            {t("and")}
          </Button>
        </Field>
        <Field label={t("ruleName")} htmlFor="rule-name">
          <Input
            id="rule-name"
            value={draft.name}
            maxLength={200}
            onChange={(event) => setDraft({ ...draft, name: event.target.value })}
          />
        </Field>
      </Form>
    </Drawer>
  );
}
