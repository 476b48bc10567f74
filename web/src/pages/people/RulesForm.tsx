import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useIdentityChanges } from "@/api";
import type { IdentityRules, RulesOutcome, RulesReply, TypeRule } from "@/api";
import { Failed, useFormat, useProject } from "@/shell";
import { Button, Drawer, Field, Form, Icon, Input, NumberInput, Switch, TextArea, useNotify } from "@/ui";
import { useTypeName } from "./IdentityPage";
import styles from "./identity.module.css";

const lines = (text: string) => [
  ...new Set(
    text
      .split("\n")
      .map((each) => each.trim())
      .filter(Boolean),
  ),
];

/** Changes the rules: tried first, then in force for all history. */
export function RulesForm({ reply, close }: { reply: RulesReply; close: () => void }) {
  const { t } = useTranslation(["identity", "common"]);
  const { message } = useNotify();
  const format = useFormat();
  const { save, try: trying } = useIdentityChanges(useProject().id);
  const [rules, setRules] = useState<IdentityRules>(reply.rules);
  const [opened, setOpened] = useState<string>();
  const [fresh, setFresh] = useState("");
  const [why, setWhy] = useState("");
  const known = rules.types.some((one) => one.type === fresh);
  const change = (next: Partial<IdentityRules>) => {
    trying.reset();
    setRules({ ...rules, ...next });
  };
  const set = (type: string, next: Partial<TypeRule>) =>
    change({ types: rules.types.map((one) => (one.type === type ? { ...one, ...next } : one)) });
  const move = (at: number, by: number) => {
    const types = [...rules.types];
    types.splice(at + by, 0, ...types.splice(at, 1));
    change({ types });
  };
  const finish = () =>
    save.mutate(
      { rules, why: why.trim(), based_on: reply.version },
      {
        onSuccess: () => {
          void message.success(t("saved"));
          close();
        },
      },
    );
  const failed = save.error ?? trying.error;
  return (
    <Drawer
      open
      title={t("edit")}
      onClose={close}
      size={640}
      footer={
        <div className={styles.row}>
          <span>{trying.data && <Outcome outcome={trying.data} />}</span>
          <span style={{ display: "inline-flex", gap: 8 }}>
            <Button loading={trying.isPending} onClick={() => trying.mutate(rules)}>
              {t("try")}
            </Button>
            <Button type="primary" loading={save.isPending} onClick={finish}>
              {t("common:save")}
            </Button>
          </span>
        </div>
      }
    >
      <Form layout="vertical" requiredMark={false}>
        <div className={styles.form}>
          <header>
            <span>{t("type")}</span>
            <span title={t("mostHint")}>{t("most")}</span>
            <span title={t("sharedHint")}>{t("shared")}</span>
            <span />
          </header>
          {rules.types.map((rule, at) => (
            <Row
              key={rule.type}
              rule={rule}
              usual={reply.usual[rule.type]}
              own={reply.own.includes(rule.type)}
              set={(next) => set(rule.type, next)}
              up={at > 0 ? () => move(at, -1) : undefined}
              down={at < rules.types.length - 1 ? () => move(at, 1) : undefined}
              open={opened === rule.type}
              toggle={() => setOpened(opened === rule.type ? undefined : rule.type)}
            />
          ))}
        </div>
        <p className={styles.quiet} style={{ margin: "8px 0 16px" }}>
          {t("sharedHint")}
        </p>
        <Field label={t("addType")} htmlFor="rules-type" extra={t("typeName")}>
          <div className={styles.row}>
            <Input
              id="rules-type"
              value={fresh}
              maxLength={32}
              onChange={(event) => setFresh(event.target.value)}
            />
            <Button
              disabled={!/^[a-z][a-z0-9_]{0,31}$/.test(fresh) || known}
              onClick={() => {
                change({
                  types: [
                    ...rules.types,
                    { type: fresh, blocked: [], patterns: [], hands_over: false } as TypeRule,
                  ],
                });
                setFresh("");
              }}
            >
              {t("addType")}
            </Button>
          </div>
        </Field>
        <div className={styles.pairOfFields}>
          <Field label={t("mostIdentifiers")} htmlFor="rules-most" extra={t("mostIdentifiersHint")}>
            <NumberInput
              id="rules-most"
              min={2}
              max={100000}
              value={rules.most_identifiers}
              onChange={(value) => change({ most_identifiers: Number(value ?? 500) })}
            />
          </Field>
          <Field label={t("leastConfidence")} htmlFor="rules-least" extra={t("leastConfidenceHint")}>
            <NumberInput
              id="rules-least"
              min={0}
              max={1}
              step={0.05}
              value={rules.least_confidence}
              onChange={(value) => change({ least_confidence: Number(value ?? 0) })}
            />
          </Field>
        </div>
        <Field label={t("why")} htmlFor="rules-why" extra={t("whyHint")}>
          <Input
            id="rules-why"
            value={why}
            maxLength={500}
            onChange={(event) => setWhy(event.target.value)}
          />
        </Field>
      </Form>
      {failed && <Failed error={failed} />}
      {reply.versions.length > 1 && (
        <>
          <h3>{t("history")}</h3>
          {reply.versions.slice(1).map((one) => (
            <p key={one.version} className={styles.because}>
              {t("version", { version: one.version, by: one.by, time: format.stamp(one.time) })}
              {one.why && ` · ${one.why}`}{" "}
              <Button size="small" type="text" onClick={() => change(one.rules)}>
                {t("restore")}
              </Button>
            </p>
          ))}
        </>
      )}
    </Drawer>
  );
}

function Outcome({ outcome }: { outcome: RulesOutcome }) {
  const { t } = useTranslation("identity");
  const format = useFormat();
  return t("outcome", {
    before: format.exact(outcome.people_before),
    after: format.exact(outcome.people),
    changed: format.exact(outcome.changed),
  });
}

function Row({
  rule,
  usual,
  own,
  set,
  up,
  down,
  open,
  toggle,
}: {
  rule: TypeRule;
  usual: Record<string, string[]> | undefined;
  own: boolean;
  set: (next: Partial<TypeRule>) => void;
  up: (() => void) | undefined;
  down: (() => void) | undefined;
  open: boolean;
  toggle: () => void;
}) {
  const { t } = useTranslation("identity");
  const name = useTypeName()(rule);
  return (
    <>
      <span>
        {name} <code className={styles.quiet}>{rule.type}</code>
      </span>
      <NumberInput
        size="small"
        min={1}
        max={200}
        value={rule.most ?? null}
        placeholder="∞"
        aria-label={`${name} ${t("most")}`}
        onChange={(value) => set({ most: value === null ? null : Number(value) })}
        style={{ width: "100%" }}
      />
      <NumberInput
        size="small"
        min={1}
        max={200}
        value={rule.shared_by ?? null}
        placeholder="–"
        aria-label={`${name} ${t("shared")}`}
        onChange={(value) => set({ shared_by: value === null ? null : Number(value) })}
        style={{ width: "100%" }}
      />
      <span style={{ whiteSpace: "nowrap" }}>
        <Button
          size="small"
          type="text"
          disabled={!up}
          aria-label={`${t("stronger")} ${name}`}
          icon={<Icon name="up" size={12} />}
          onClick={up}
        />
        <Button
          size="small"
          type="text"
          disabled={!down}
          aria-label={`${t("weaker")} ${name}`}
          icon={<Icon name="down" size={12} />}
          onClick={down}
        />
        <Button size="small" type="text" aria-expanded={open} onClick={toggle}>
          {t("details")}
        </Button>
      </span>
      {open && (
        <div className={styles.wide}>
          {!own && (
            <Field label={t("handsOver")} extra={t("handsOverHint")} htmlFor={`hands-${rule.type}`}>
              <Switch
                id={`hands-${rule.type}`}
                checked={rule.hands_over ?? false}
                onChange={(hands_over) => set({ hands_over })}
              />
            </Field>
          )}
          <Field label={t("blocked")} extra={t("blockedHint")} htmlFor={`blocked-${rule.type}`}>
            <TextArea
              id={`blocked-${rule.type}`}
              rows={3}
              value={(rule.blocked ?? []).join("\n")}
              onChange={(event) => set({ blocked: event.target.value.split("\n") })}
              onBlur={(event) => set({ blocked: lines(event.target.value) })}
            />
          </Field>
          <Field label={t("patterns")} extra={t("patternsHint")} htmlFor={`patterns-${rule.type}`}>
            <TextArea
              id={`patterns-${rule.type}`}
              rows={2}
              value={(rule.patterns ?? []).join("\n")}
              onChange={(event) => set({ patterns: event.target.value.split("\n") })}
              onBlur={(event) => set({ patterns: lines(event.target.value) })}
            />
          </Field>
          {usual && (
            <Button
              size="small"
              onClick={() =>
                set({
                  blocked: [...new Set([...(rule.blocked ?? []), ...(usual["blocked"] ?? [])])],
                  patterns: [...new Set([...(rule.patterns ?? []), ...(usual["patterns"] ?? [])])],
                })
              }
            >
              {t("usual")}
            </Button>
          )}
        </div>
      )}
    </>
  );
}
