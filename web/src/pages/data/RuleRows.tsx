import { useTranslation } from "react-i18next";
import { useSchema } from "@/api";
import { useNames, useProject } from "@/shell";
import { Button, Icon, Input, Select } from "@/ui";
import styles from "./data.module.css";
import type { Condition, Rule } from "./picking";

const OPS = [
  "is", "is_not", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with", "matches", "is_set", "is_not_set",
] as const; // prettier-ignore
const LISTED: string[] = ["in", "not_in"];
const VALUELESS: string[] = ["is_set", "is_not_set"];

/** The rules of a picked event, written out. */
export function RuleRows({ rules, change }: { rules: Rule[]; change: (rules: Rule[]) => void }) {
  const { t } = useTranslation("data");
  const names = useNames();
  const schema = useSchema(useProject().id);
  const put = (at: number, rule: Rule) => change(rules.map((each, place) => (place === at ? rule : each)));
  const properties = [
    ...new Set(
      (schema.data?.properties ?? [])
        .filter(({ scope, kind }) => scope === "event" && kind === "text")
        .map(({ name }) => name),
    ),
  ];
  return (
    <div className={styles.rules}>
      {rules.map((rule, at) => (
        <fieldset key={at} className={styles.rule}>
          <legend>{t(at ? "picks.or" : "picks.either")}</legend>
          <Select
            aria-label={t("dictionary.event")}
            value={rule.event ?? "click"}
            showSearch
            onChange={(event: string) => put(at, { ...rule, event })}
            options={(schema.data?.events ?? [])
              .filter(({ picked }) => !picked)
              .map(({ name }) => ({ value: name, label: names.event(name) }))}
          />
          {(rule.where ?? []).map((one, place) => (
            <Row
              key={place}
              one={one}
              properties={properties}
              change={(next) =>
                put(at, {
                  ...rule,
                  where: (rule.where ?? []).flatMap((each, own) =>
                    own !== place ? [each] : next ? [next] : [],
                  ),
                })
              }
            />
          ))}
          <Button
            type="link"
            size="small"
            onClick={() =>
              put(at, { ...rule, where: [...(rule.where ?? []), { property: "page", op: "is", value: "" }] })
            }
          >
            {t("picks.addCondition")}
          </Button>
        </fieldset>
      ))}
    </div>
  );
}

function Row({
  one,
  properties,
  change,
}: {
  one: Condition;
  properties: string[];
  change: (next: Condition | null) => void;
}) {
  const { t } = useTranslation("data");
  const names = useNames();
  const op = one.op ?? "is";
  const text = Array.isArray(one.value) ? one.value.join("\n") : (one.value ?? "");
  const valued = (next: string, asked: string): Condition["value"] =>
    VALUELESS.includes(asked) ? null : LISTED.includes(asked) ? next.split("\n") : next;
  return (
    <div className={styles.condition}>
      <Select
        aria-label={t("dictionary.property")}
        value={one.property}
        showSearch
        onChange={(property: string) => change({ ...one, property })}
        options={[...new Set([...properties, one.property])].map((value) => ({
          value,
          label: names.property(value),
        }))}
      />
      <Select
        aria-label={t("picks.operator")}
        value={op}
        onChange={(next: (typeof OPS)[number]) => change({ ...one, op: next, value: valued(text, next) })}
        options={OPS.map((value) => ({ value, label: t(`picks.op.${value}`) }))}
      />
      {!VALUELESS.includes(op) && (
        <Input
          aria-label={t("picks.value")}
          value={LISTED.includes(op) ? text.replaceAll("\n", ", ") : text}
          onChange={(event) =>
            change({
              ...one,
              value: LISTED.includes(op) ? event.target.value.split(/\s*[,，]\s*/) : event.target.value,
            })
          }
        />
      )}
      <Button
        type="text"
        size="small"
        icon={<Icon name="close" size={12} />}
        aria-label={t("picks.dropCondition")}
        onClick={() => change(null)}
      />
    </div>
  );
}
