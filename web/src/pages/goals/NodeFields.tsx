import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import type { Language } from "@/format";
import { useProject } from "@/shell";
import { Button, DateRangePicker, Field, Icon, Input, NumberInput, Segmented, Select } from "@/ui";
import { emptyNode } from "./draft";
import type { DraftNode } from "./draft";
import styles from "./goals.module.css";

export interface Choice {
  value: string;
  label: string;
}
export interface Metric extends Choice {
  money: boolean;
}
interface Props {
  /** Where it stands, for the names of its fields. */
  id: string;
  node: DraftNode;
  change: (node: DraftNode) => void;
  above?: DraftNode;
  depth?: number;
  language: Language;
  metrics: Metric[];
  segments: Choice[];
}

const HOWS = ["", "product", "sum", "split"] as const;
const DEEPEST = 5;

/** The fields of a goal or a part of it, and below them those of its parts. */
export function NodeFields(props: Props) {
  const { id, node, change, above, depth = 0, language, metrics } = props;
  const { t } = useTranslation("goals");
  const { currency } = useProject();
  const set = (held: Partial<DraftNode>) => change({ ...node, ...held });
  const other = language === "en" ? "zh" : "en";
  const own = language === "en" ? "en" : "zh";
  /** One text stands for both languages until they are told apart. */
  const retitle = (text: string) =>
    set(node[other] === "" || node[other] === node[own] ? { en: text, zh: text } : { [own]: text });
  const metric = above?.how === "split" ? above.metric : node.metric;
  const money = metrics.find((one) => one.value === metric)?.money ?? false;
  return (
    <>
      <div className={styles.pair}>
        <Field label={t("name")} htmlFor={`${id}-title`}>
          <Input
            id={`${id}-title`}
            value={node[own]}
            maxLength={200}
            onChange={(event) => retitle(event.target.value)}
          />
        </Field>
        {above ? (
          <Membership {...props} above={above} set={set} />
        ) : (
          <Field label={t("nameOther")} htmlFor={`${id}-other`}>
            <Input
              id={`${id}-other`}
              value={node[other]}
              maxLength={200}
              onChange={(event) => set({ [other]: event.target.value })}
            />
          </Field>
        )}
      </div>
      <div className={styles.pair}>
        {!above && (
          <Field label={t("metric")} htmlFor={`${id}-metric`}>
            <Select
              id={`${id}-metric`}
              showSearch={{ optionFilterProp: "label" }}
              value={node.metric || null}
              options={metrics}
              onChange={(next: string) => set({ metric: next })}
            />
          </Field>
        )}
        <Field label={t("owner")} htmlFor={`${id}-owner`}>
          <Input
            id={`${id}-owner`}
            value={node.owner}
            maxLength={200}
            onChange={(event) => set({ owner: event.target.value })}
          />
        </Field>
        <Field label={money ? t("targetMoney", { currency }) : t("targetValue")} htmlFor={`${id}-target`}>
          <NumberInput
            id={`${id}-target`}
            value={node.target}
            style={{ width: "100%" }}
            onChange={(next) => set({ target: next === null ? null : Number(next) })}
          />
        </Field>
        {node.target !== null && (
          <Field label={t("targetDays")} htmlFor={`${id}-days`} extra={t("targetDaysNote")}>
            <DateRangePicker
              id={`${id}-days`}
              value={node.days ? [dayjs(node.days[0]), dayjs(node.days[1])] : null}
              onChange={(days) =>
                set({
                  days:
                    days?.[0] && days[1]
                      ? [days[0].format("YYYY-MM-DD"), days[1].format("YYYY-MM-DD")]
                      : null,
                })
              }
            />
          </Field>
        )}
      </div>
      <Field label={t("watched")} htmlFor={`${id}-watched`}>
        <Select
          id={`${id}-watched`}
          mode="multiple"
          showSearch={{ optionFilterProp: "label" }}
          value={node.watched}
          options={metrics}
          onChange={(next: string[]) => set({ watched: next.slice(0, 12) })}
        />
      </Field>
      {depth < DEEPEST && (
        <Field label={t("madeOf")}>
          <Segmented
            aria-label={t("madeOf")}
            value={node.how}
            options={HOWS.map((value) => ({ value, label: t(`hows.${value || "none"}`) }))}
            onChange={(how) => set({ how, parts: how === node.how ? node.parts : fresh(how, node) })}
          />
          {node.how && <p className={styles.quiet}>{t(`howNote.${node.how}`)}</p>}
        </Field>
      )}
      {node.how === "split" && <SplitFields {...props} set={set} />}
      {node.how && <PartFields {...props} depth={depth} set={set} />}
    </>
  );
}

type Set = (held: Partial<DraftNode>) => void;

function fresh(how: DraftNode["how"], node: DraftNode): DraftNode[] {
  if (how === "") return [];
  const metric = how === "split" ? node.metric : "";
  return how === "split" ? [] : [emptyNode(metric), emptyNode(metric)];
}

/** What a part is of the whole above it: its metric, its values of the property, its segment. */
function Membership({ id, node, above, metrics, segments, set }: Props & { above: DraftNode; set: Set }) {
  const { t } = useTranslation("goals");
  if (above.how !== "split") {
    return (
      <Field label={t("metric")} htmlFor={`${id}-metric`}>
        <div className={styles.withWeight}>
          <Select
            id={`${id}-metric`}
            showSearch={{ optionFilterProp: "label" }}
            value={node.metric || null}
            options={metrics}
            onChange={(next: string) => set({ metric: next })}
          />
          {above.how === "sum" && (
            <NumberInput
              prefix="×"
              aria-label={t("weight")}
              value={node.weight}
              onChange={(next) => set({ weight: Number(next ?? 1) })}
            />
          )}
        </div>
      </Field>
    );
  }
  if (above.by === "segment") {
    return (
      <Field label={t("segment")} htmlFor={`${id}-segment`}>
        <Select
          id={`${id}-segment`}
          showSearch={{ optionFilterProp: "label" }}
          value={node.segment || null}
          options={segments}
          onChange={(next: string) => set({ segment: next })}
        />
      </Field>
    );
  }
  return (
    <Field label={t("values")} htmlFor={`${id}-values`}>
      <Select
        id={`${id}-values`}
        mode="tags"
        value={node.values.map((value) => value || t("unset"))}
        options={[{ value: t("unset") }]}
        onChange={(next: string[]) =>
          set({ values: next.map((value) => (value === t("unset") ? "" : value)) })
        }
      />
    </Field>
  );
}

function SplitFields({ id, node, set }: Props & { set: Set }) {
  const { t } = useTranslation("goals");
  return (
    <div className={styles.pair}>
      <Field label={t("splitBy")}>
        <Segmented
          aria-label={t("splitBy")}
          value={node.by}
          options={(["property", "segment"] as const).map((value) => ({
            value,
            label: t(`splits.${value}`),
          }))}
          onChange={(by) => set({ by, parts: by === node.by ? node.parts : [] })}
        />
      </Field>
      {node.by === "property" && (
        <>
          <Field label={t("property")} htmlFor={`${id}-property`}>
            <Input
              id={`${id}-property`}
              value={node.property}
              maxLength={200}
              onChange={(event) => set({ property: event.target.value })}
            />
          </Field>
          <Field label={t("scope")} htmlFor={`${id}-scope`}>
            <Select
              id={`${id}-scope`}
              value={node.scope}
              options={(["event", "item", "person"] as const).map((value) => ({
                value,
                label: t(`scopes.${value}`),
              }))}
              onChange={(scope: DraftNode["scope"]) => set({ scope })}
            />
          </Field>
          {node.parts.length === 0 && (
            <Field label={t("top")} htmlFor={`${id}-top`}>
              <NumberInput
                id={`${id}-top`}
                min={1}
                max={20}
                value={node.top}
                onChange={(next) => set({ top: Number(next ?? 6) })}
              />
            </Field>
          )}
        </>
      )}
    </div>
  );
}

function PartFields({ id, node, depth, set, ...rest }: Props & { depth: number; set: Set }) {
  const { t } = useTranslation("goals");
  const least = node.how === "split" ? (node.by === "property" ? 0 : 1) : 2;
  const most = node.how === "product" ? 8 : 20;
  const put = (place: number, part: DraftNode) =>
    set({ parts: node.parts.map((one, at) => (at === place ? part : one)) });
  return (
    <div className={styles.parts}>
      {node.parts.map((part, place) => (
        <fieldset key={place} className={styles.part}>
          <legend>
            {t("partNo", { number: place + 1 })}
            {node.parts.length > least && (
              <Button
                type="text"
                size="small"
                icon={<Icon name="close" size={12} />}
                aria-label={t("dropPart", { number: place + 1 })}
                onClick={() => set({ parts: node.parts.filter((_, at) => at !== place) })}
              />
            )}
          </legend>
          <NodeFields
            {...rest}
            id={`${id}-${place + 1}`}
            node={node.how === "split" ? { ...part, metric: node.metric } : part}
            above={node}
            depth={depth + 1}
            change={(next) => put(place, next)}
          />
        </fieldset>
      ))}
      {node.how === "split" && node.by === "property" && node.parts.length === 0 && (
        <p className={styles.quiet}>{t("automatic")}</p>
      )}
      {node.parts.length < most && (
        <Button
          icon={<Icon name="plus" size={12} />}
          size="small"
          onClick={() => set({ parts: [...node.parts, emptyNode(node.how === "split" ? node.metric : "")] })}
        >
          {t("addPart")}
        </Button>
      )}
    </div>
  );
}
