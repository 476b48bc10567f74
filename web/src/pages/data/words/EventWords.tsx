import { useTranslation } from "react-i18next";
import type { EventWords as Words } from "@/api";
import { Field, Input, Select, Switch } from "@/ui";
import styles from "../data.module.css";
import { NO_ITEM, NO_WORDS } from "./edit";
import { Pairs } from "./Pairs";

/** What becomes of one event: its properties, what of them is money or a number, and the goods in it. */
export function EventWords({
  words = NO_WORDS,
  change,
  samples,
  properties,
}: {
  words: Words | undefined;
  change: (words: Partial<Words>) => void;
  samples: Record<string, unknown>;
  properties: string[];
}) {
  const { t } = useTranslation("data");
  const items = words.items ?? null;
  const item = items ?? NO_ITEM;
  return (
    <div className={styles.words}>
      <Pairs
        label={t("words.properties")}
        pairs={words.properties ?? {}}
        change={(pairs) => change({ properties: pairs })}
        options={properties}
        samples={samples}
      />
      <Names
        label={t("words.major")}
        value={words.major ?? []}
        change={(major) => change({ major })}
        options={properties}
      />
      <Names
        label={t("words.numbers")}
        value={words.numbers ?? []}
        change={(numbers) => change({ numbers })}
        options={properties}
      />
      <Field label={t("words.goods")} layout="vertical">
        <Switch
          checked={items !== null}
          aria-label={t("words.goods")}
          onChange={(on) => change({ items: on ? NO_ITEM : null })}
        />
      </Field>
      {items !== null && (
        <>
          <Field label={t("words.within")} extra={t("words.withinNote")} layout="vertical">
            <Input
              value={item.within ?? ""}
              onChange={({ target }) => change({ items: { ...item, within: target.value.trim() || null } })}
            />
          </Field>
          <Pairs
            label={t("words.goods")}
            pairs={item.properties ?? {}}
            change={(pairs) => change({ items: { ...item, properties: pairs } })}
            options={["item_id", "item_name", "item_category", "item_brand", "price", "quantity"]}
          />
          <Names
            label={t("words.major")}
            value={item.major ?? []}
            change={(major) => change({ items: { ...item, major } })}
            options={["price"]}
          />
        </>
      )}
    </div>
  );
}

function Names({
  label,
  value,
  change,
  options,
}: {
  label: string;
  value: string[];
  change: (names: string[]) => void;
  options: string[];
}) {
  return (
    <Field label={label} layout="vertical">
      <Select
        mode="tags"
        aria-label={label}
        value={value}
        onChange={change}
        options={options.map((name) => ({ value: name, label: name }))}
        style={{ width: "100%" }}
      />
    </Field>
  );
}
