import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useEnrichmentChanges, useTrial } from "@/api";
import type { Enrichment } from "@/api";
import { Failed, useFormat, useMayEdit, useNames, useProject } from "@/shell";
import { Button, Icon, Input, List, Menu, Section, useNotify } from "@/ui";
import { RuleForm } from "./RuleForm";
import { Trial } from "./Trial";
import { emptyRule, moved } from "./rules";
import type { Look, Rule } from "./rules";
import styles from "./enrichment.module.css";

const DAYS = 30;

/** The rules in their order, how many events each decides, and what a change would move before it is saved. */
export function ChannelRules({ enrichment }: { enrichment: Enrichment }) {
  const { t } = useTranslation(["enrichment", "common"]);
  const project = useProject().id;
  const format = useFormat();
  const names = useNames();
  const mayEdit = useMayEdit();
  const { message } = useNotify();
  const saved = enrichment.rules["rules"] as Rule[];
  const [rules, setRules] = useState(saved);
  const [editing, setEditing] = useState<number | null>(null);
  const [why, setWhy] = useState("");
  const { save, reset } = useEnrichmentChanges(project);
  const trial = useTrial(project, "channel", { ...enrichment.rules, rules }, DAYS);
  const changed = JSON.stringify(rules) !== JSON.stringify(saved);
  const put = (at: number, rule: Rule) => {
    setRules(at < rules.length ? rules.map((one, place) => (place === at ? rule : one)) : [rule, ...rules]);
    setEditing(null);
  };
  const finish = () =>
    save.mutate(
      { name: "channel", rules: { ...enrichment.rules, rules }, why },
      { onSuccess: () => void message.success(t("savedRules")) },
    );
  return (
    <Section
      title={t("channels")}
      note={t("channelsNote")}
      extra={
        mayEdit && (
          <span className={styles.actions}>
            {enrichment.own && (
              <Button size="small" loading={reset.isPending} onClick={() => reset.mutate("channel")}>
                {t("reset")}
              </Button>
            )}
            <Button
              size="small"
              icon={<Icon name="plus" size={14} />}
              onClick={() => setEditing(rules.length)}
            >
              {t("addRule")}
            </Button>
          </span>
        )
      }
    >
      <div className={styles.split}>
        <List
          label={t("channels")}
          head={
            <>
              <th data-right data-wide>
                #
              </th>
              <th>{t("channel")}</th>
              <th>{t("when")}</th>
              <th data-right>{t("decided", { days: DAYS })}</th>
              <th aria-hidden="true" />
            </>
          }
        >
          {rules.map((rule, at) => (
            <tr key={`${rule.channel} ${JSON.stringify(rule.when)}`}>
              <td data-right data-wide className={styles.quiet}>
                {at + 1}
              </td>
              <td>
                <button
                  type="button"
                  className={styles.link}
                  disabled={!mayEdit}
                  onClick={() => setEditing(at)}
                >
                  {names.channel(rule.channel)}
                </button>
              </td>
              <td className={styles.when}>
                {rule.when.map((look) => (
                  <Said key={`${look.property} ${look.op}`} look={look} />
                ))}
              </td>
              <td data-right>{trial.data ? format.exact(trial.data.decided[at] ?? 0) : "–"}</td>
              <td data-right>
                {mayEdit && (
                  <Menu
                    trigger={["click"]}
                    placement="bottomRight"
                    menu={{
                      items: [
                        { key: "edit", label: t("common:edit") },
                        { key: "up", label: t("up"), disabled: at === 0 },
                        { key: "down", label: t("down"), disabled: at === rules.length - 1 },
                        { type: "divider" },
                        { key: "remove", label: t("common:delete"), danger: true },
                      ],
                      onClick: ({ key }) => {
                        if (key === "edit") setEditing(at);
                        if (key === "up") setRules(moved(rules, at, at - 1));
                        if (key === "down") setRules(moved(rules, at, at + 1));
                        if (key === "remove") setRules(rules.filter((_, place) => place !== at));
                      },
                    }}
                  >
                    <Button
                      type="text"
                      size="small"
                      icon={<Icon name="more" />}
                      aria-label={t("actions", { number: at + 1 })}
                    />
                  </Menu>
                )}
              </td>
            </tr>
          ))}
        </List>
        <div className={styles.aside}>
          {trial.error ? (
            <Failed error={trial.error} />
          ) : (
            trial.data && <Trial trial={trial.data} changed={changed} days={DAYS} />
          )}
          {changed && (
            <div className={styles.save}>
              <Input
                value={why}
                maxLength={500}
                placeholder={t("why")}
                aria-label={t("why")}
                onChange={(event) => setWhy(event.target.value)}
              />
              {save.error && <Failed error={save.error} />}
              <span className={styles.actions}>
                <Button onClick={() => setRules(saved)}>{t("undo")}</Button>
                <Button type="primary" loading={save.isPending} disabled={!trial.data} onClick={finish}>
                  {t("apply")}
                </Button>
              </span>
            </div>
          )}
        </div>
      </div>
      {editing !== null && (
        <RuleForm
          rule={rules[editing] ?? emptyRule()}
          known={[...new Set(rules.map((one) => one.channel))]}
          close={() => setEditing(null)}
          put={(rule) => put(editing, rule)}
        />
      )}
    </Section>
  );
}

function Said({ look }: { look: Look }) {
  const { t } = useTranslation("enrichment");
  const shown = look.values.slice(0, 4).join(" · ");
  const more = look.values.length > 4 ? t("more", { count: look.values.length }) : "";
  return (
    <span className={styles.look} title={look.values.join(" · ")}>
      <code>{look.property}</code> {t(`ops.${look.op}`)} {shown} {more}
    </span>
  );
}
