import { useEffect, useMemo, useRef, useState } from "react";
import type { GroupLabel, HeatmapCell } from "@/api/questions";
import { Chart, DataTable } from "@/charts";
import { useEditing } from "@/editors";
import { Button, Figure, Select } from "@/ui";
import type { AnswerProps } from "@/pages/analyse/answers";
import { useKindSay } from "@/pages/analyse/kits";
import { useLook } from "@/pages/analyse/look";
import { GroupPick } from "@/pages/analyse/Shown";
import styles from "@/pages/analyse/analyse.module.css";
import { elementName, elementsTable, heatDrawing } from "./drawing";
import own from "./heatmap.module.css";

const ALL = "";
const HEADS = [
  ["people", "clicks"],
  ["seen", "seen"],
  ["dead_clicks", "dead"],
  ["rage_clicks", "rage"],
] as const;

/** The picture of a page with the heat on it, and what is clicked there, element by element. */
export function HeatmapAnswer({
  answer,
  onAsk,
  onOpen,
  compact = false,
  handle,
  onTable,
}: AnswerProps<"heatmap">) {
  const { say, names } = useEditing();
  const tell = useKindSay("heatmap");
  const { params, result } = answer;
  const look = useLook(params.breakdowns, compact);
  const [at, setAt] = useState(0);
  const [shot, setShot] = useScreenshot();
  const file = useRef<HTMLInputElement>(null);
  const group = result.groups[at] ?? result.groups[0];
  const drawing = useMemo(
    () => group && heatDrawing({ params, group, say: tell }, look),
    [params, group, tell, look],
  );
  const table = useMemo(() => group && elementsTable(group, look, tell), [group, look, tell]);
  useEffect(() => {
    if (table) onTable?.(table);
  }, [onTable, table]);
  if (!group || !drawing || !table) return null;
  const open = (cell: HeatmapCell, title: string) => onOpen?.({ cell, title });
  const pageWords = ([value]: GroupLabel) =>
    value === null || value === undefined
      ? tell("no_page")
      : (names.value(params.page_property ?? "page", value) ?? String(value));
  const chart = (
    <Chart
      option={drawing.option}
      height="100%"
      label={tell("picture", { page: params.page ?? tell("every_page") })}
      handle={handle}
      onPoint={({ seriesId, dataIndex }) => {
        const cell = drawing.cells[`${seriesId}/${dataIndex}`];
        const element = cell?.element
          ? group.elements.find((one) => JSON.stringify(one.element) === JSON.stringify(cell.element))
          : undefined;
        if (cell) open(cell, element ? elementName(element, tell) : tell("field"));
      }}
    />
  );
  if (compact) return chart;
  const figure = (value: number) => look.say.figure(value, "number");
  const share = (value: number) => look.say.percent(group.clicks ? value / group.clicks : null);
  const label = group.group;
  return (
    <>
      <div className={own.figures}>
        <Figure label={tell("figure.clicks")} value={figure(group.clicks)} />
        {HEADS.map(([key, of]) => (
          <Figure
            key={key}
            label={tell(`figure.${key}`)}
            value={of === "dead" || of === "rage" ? share(group[key]) : figure(group[key])}
            openLabel={say("chart.open")}
            {...(onOpen ? { onOpen: () => open({ of, group: label }, tell(`figure.${key}`)) } : {})}
          />
        ))}
      </div>
      <div className={styles.chartHead}>
        {onAsk && (
          <Select
            size="small"
            style={{ minWidth: 180 }}
            aria-label={tell("page")}
            value={params.page ?? ALL}
            onChange={(page: string) => onAsk({ ...params, page: page === ALL ? null : page })}
            options={[
              { value: ALL, label: tell("every_page") },
              ...result.pages
                .filter(({ page }) => typeof page[0] === "string")
                .map(({ page, clicks }) => ({
                  value: String(page[0]),
                  label: tell("page_clicks", { page: pageWords(page), n: figure(clicks) }),
                })),
            ]}
          />
        )}
        <GroupPick groups={result.groups} chosen={at} onChoose={setAt} look={look} />
        <Button size="small" onClick={() => (shot ? setShot(null) : file.current?.click())}>
          {tell(shot ? "shot.remove" : "shot.add")}
        </Button>
        <input
          ref={file}
          type="file"
          accept="image/*"
          hidden
          aria-label={tell("shot.add")}
          onChange={(event) => {
            setShot(event.target.files?.[0] ?? null);
            event.target.value = "";
          }}
        />
      </div>
      <div className={own.both}>
        <figure className={own.frame}>
          <div
            className={own.page}
            style={shot ? { backgroundImage: `url(${shot.url})`, aspectRatio: shot.ratio } : undefined}
          >
            {chart}
          </div>
          <figcaption className={styles.note}>
            {tell(shot ? "shot.stays" : "scale", { n: figure(group.placed) })}
          </figcaption>
        </figure>
        <div className={own.table}>
          <h2 className={styles.tableTitle}>{tell("elements")}</h2>
          <DataTable<HeatmapCell>
            table={table}
            dense
            openLabel={say("chart.open")}
            onOpen={onOpen && (({ cell, title }) => cell && open(cell, title ?? ""))}
          />
          <p className={styles.note}>
            {tell("rule", {
              dead: params.dead_seconds ?? 3,
              clicks: params.rage_clicks ?? 3,
              rage: params.rage_seconds ?? 2,
            })}
          </p>
        </div>
      </div>
    </>
  );
}

interface Shot {
  url: string;
  ratio: string;
}

/** A picture of the page that never leaves the browser, as an address of its own. */
function useScreenshot(): [Shot | null, (file: File | null) => void] {
  const [shot, setShot] = useState<Shot | null>(null);
  useEffect(() => () => void (shot && URL.revokeObjectURL(shot.url)), [shot]);
  const take = (file: File | null) => {
    if (!file) return setShot(null);
    const url = URL.createObjectURL(file);
    const image = new Image();
    image.onload = () => setShot({ url, ratio: `${image.naturalWidth} / ${image.naturalHeight}` });
    image.onerror = () => URL.revokeObjectURL(url);
    image.src = url;
  };
  return [shot, take];
}
