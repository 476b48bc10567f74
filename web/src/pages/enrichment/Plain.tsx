import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useEnrichmentChanges, useTrial } from "@/api";
import type { Enrichment } from "@/api";
import { Failed, useFormat, useMayEdit, useProject } from "@/shell";
import { Button, Field, Form, Section, Segmented, Select, Switch, useNotify } from "@/ui";
import styles from "./enrichment.module.css";

interface Rules {
  on: boolean;
  bots?: "leave_out" | "mark";
  also?: string[];
  never?: string[];
}
const DAYS = 30;

/** An enrichment without rules of its own kind: whether it works, what it adds, and for devices what a bot is. */
export function Plain({ enrichment }: { enrichment: Enrichment }) {
  const { t } = useTranslation(["enrichment", "common"]);
  const project = useProject().id;
  const { say } = useFormat();
  const mayEdit = useMayEdit();
  const { message } = useNotify();
  const { save } = useEnrichmentChanges(project);
  const saved = enrichment.rules as unknown as Rules;
  const [rules, setRules] = useState(saved);
  const changed = JSON.stringify(rules) !== JSON.stringify(saved);
  const put = (next: Rules) =>
    save.mutate(
      { name: enrichment.name, rules: { ...next }, why: "" },
      { onSuccess: () => void message.success(t("savedRules")) },
    );
  return (
    <Section
      title={say(enrichment.title)}
      note={say(enrichment.description)}
      extra={
        <Switch
          checked={saved.on}
          disabled={!mayEdit}
          loading={save.isPending}
          aria-label={t("on", { name: say(enrichment.title) })}
          onChange={(on) => put({ ...saved, on })}
        />
      }
    >
      <p className={styles.adds}>
        {enrichment.adds.map((one) => (
          <span key={one.property} className={styles.look} title={say(one.title)}>
            <code>{one.property}</code> {say(one.title) !== one.property && say(one.title)}
          </span>
        ))}
      </p>
      {save.error && <Failed error={save.error} />}
      {saved.on && rules.bots && (
        <Form layout="vertical" requiredMark={false} className={styles.bots}>
          <Field label={t("bots")}>
            <Segmented
              value={rules.bots}
              disabled={!mayEdit}
              options={[
                { value: "leave_out", label: t("leaveOut") },
                { value: "mark", label: t("mark") },
              ]}
              onChange={(bots) => setRules({ ...rules, bots: bots as "leave_out" | "mark" })}
            />
          </Field>
          {(["also", "never"] as const).map((which) => (
            <Field key={which} label={t(which)}>
              <Select
                aria-label={t(which)}
                mode="tags"
                disabled={!mayEdit}
                value={rules[which] ?? []}
                placeholder={t("agentPart")}
                notFoundContent={null}
                onChange={(values: string[]) => setRules({ ...rules, [which]: values })}
              />
            </Field>
          ))}
          <Bots rules={rules} name={enrichment.name} />
          {changed && (
            <span className={styles.actions}>
              <Button onClick={() => setRules(saved)}>{t("undo")}</Button>
              <Button type="primary" loading={save.isPending} onClick={() => put(rules)}>
                {t("apply")}
              </Button>
            </span>
          )}
        </Form>
      )}
    </Section>
  );
}

function Bots({ name, rules }: { name: string; rules: Rules }) {
  const { t } = useTranslation("enrichment");
  const format = useFormat();
  const trial = useTrial(useProject().id, name, { ...rules }, DAYS);
  if (trial.error) return <Failed error={trial.error} />;
  if (!trial.data) return null;
  const bots = trial.data.properties.find((one) => one.property === "bot")?.values[0]?.then ?? 0;
  const share = trial.data.events ? bots / trial.data.events : 0;
  return (
    <p className={styles.quiet}>
      {t(rules.bots === "leave_out" ? "botsOut" : "botsMarked", {
        days: DAYS,
        bots: format.exact(bots),
        share: format.percent(share),
      })}
    </p>
  );
}
