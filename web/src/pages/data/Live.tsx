import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { useLive, useSchema, useSources } from "@/api";
import type { LiveFact } from "@/api";
import { useAddress, useFormat, useNames, useProject } from "@/shell";
import { Bone, Button, Checkbox, Empty, Icon, Input, Page, Select } from "@/ui";
import { outcomeOf, SightingDrawer } from "./SightingDrawer";
import styles from "./live.module.css";

const KEPT = 300;

/** Events as they arrive, narrowed to a device to debug with; each opens into how it was understood. */
export function Live() {
  const { t } = useTranslation("data");
  const project = useProject().id;
  const [paused, setPaused] = useState(false);
  const [open, setOpen] = useState<LiveFact | null>(null);
  const [search, setSearch] = useSearchParams();
  const device = search.get("device") ?? "";
  const wish = {
    device,
    source: search.get("source") ?? "",
    event: search.get("event") ?? "",
    problems: search.has("problems"),
  };
  const narrowed = Boolean(wish.device || wish.source || wish.event || wish.problems);
  const live = useLive(project, KEPT, paused, wish);
  const address = useAddress();
  const go = useNavigate();
  const set = (name: string, value: string | undefined) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (value) after.set(name, value);
        else after.delete(name);
        return after;
      },
      { replace: true },
    );
  const most = Math.max(1, ...(live.perMinute ?? []));
  return (
    <Page title={t("live.title")} lead={t("live.lead")}>
      {live.perMinute ? (
        <div className={styles.pulse} role="img" aria-label={t("live.label")}>
          {live.perMinute.map((count, minute) => (
            <span key={minute} style={{ height: `${(count / most) * 100}%` }} title={String(count)} />
          ))}
        </div>
      ) : (
        <Bone h={40} style={{ marginBottom: 8 }} />
      )}
      <div className={styles.bar}>
        <Button icon={<Icon name={paused ? "play" : "pause"} size={14} />} onClick={() => setPaused(!paused)}>
          {t(paused ? "live.resume" : "live.pause")}
        </Button>
        <Button onClick={live.clear}>{t("live.clear")}</Button>
        <Filters wish={wish} set={set} />
        <span className={styles.spring} />
        <span
          className={styles.state}
          data-on={live.state === "open" && !paused ? "" : undefined}
          data-lost={live.state === "lost" && !paused ? "" : undefined}
        >
          {paused ? t("live.paused") : t(`live.state.${live.state}`)}
        </span>
      </div>
      {live.skipped > 0 && <p className={styles.skipped}>{t("live.skipped", { count: live.skipped })}</p>}
      <div className={styles.stream}>
        {live.facts.map((fact) => (
          <Fact key={fact.id} fact={fact} chosen={open?.id === fact.id} choose={() => setOpen(fact)} />
        ))}
      </div>
      {live.facts.length === 0 && (
        <Empty
          title={t(narrowed ? "live.waitingNarrow" : "live.waiting")}
          action={
            narrowed ? (
              <Button onClick={() => setSearch({}, { replace: true })}>{t("live.all")}</Button>
            ) : (
              <Button onClick={() => void go(address("/data/sources"))}>{t("live.toSources")}</Button>
            )
          }
        >
          {t(narrowed ? "live.waitingNarrowText" : "live.waitingText")}
        </Empty>
      )}
      <SightingDrawer
        fact={open}
        close={() => setOpen(null)}
        follow={(who) => {
          setOpen(null);
          set("device", who);
        }}
      />
    </Page>
  );
}

interface Wished {
  device: string;
  source: string;
  event: string;
  problems: boolean;
}

function Filters({ wish, set }: { wish: Wished; set: (name: string, value: string | undefined) => void }) {
  const { t } = useTranslation("data");
  const project = useProject().id;
  const names = useNames();
  const sources = useSources(project);
  const schema = useSchema(project);
  const [typed, setTyped] = useState(wish.device);
  const [before, setBefore] = useState(wish.device);
  if (before !== wish.device) {
    setBefore(wish.device);
    setTyped(wish.device);
  }
  const apply = () => set("device", typed.trim());
  return (
    <>
      <Input
        className={styles.device}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          if (event.target.value === "") set("device", undefined);
        }}
        onPressEnter={apply}
        onBlur={apply}
        prefix={<Icon name="search" size={14} />}
        placeholder={t("live.device")}
        aria-label={t("live.device")}
        allowClear
      />
      <Select
        className={styles.choice}
        value={wish.source || undefined}
        onChange={(value: string | undefined) => set("source", value)}
        options={sources.data?.map((source) => ({ value: source.id, label: source.name }))}
        placeholder={t("live.anySource")}
        aria-label={t("live.source")}
        allowClear
      />
      <Select
        className={styles.choice}
        value={wish.event || undefined}
        onChange={(value: string | undefined) => set("event", value)}
        options={schema.data?.events.map((event) => ({ value: event.name, label: names.event(event.name) }))}
        placeholder={t("live.anyEvent")}
        aria-label={t("live.event")}
        allowClear
        showSearch={{ optionFilterProp: "label" }}
      />
      <Checkbox
        checked={wish.problems}
        onChange={(event) => set("problems", event.target.checked ? "1" : "")}
      >
        {t("live.problems")}
      </Checkbox>
    </>
  );
}

function Fact({ fact, chosen, choose }: { fact: LiveFact; chosen: boolean; choose: () => void }) {
  const { t, i18n } = useTranslation("data");
  const format = useFormat();
  const names = useNames();
  const detail = Object.entries(fact.properties)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
  const told = fact.problem?.message[i18n.language === "en" ? "en" : "zh"];
  return (
    <button type="button" className={styles.fact} aria-pressed={chosen} onClick={choose}>
      <time>{format.clock(fact.received, true)}</time>
      <span
        className={styles.outcome}
        data-outcome={outcomeOf(fact)}
        title={t(`live.outcome.${outcomeOf(fact)}`)}
      >
        {t(`live.outcome.${outcomeOf(fact)}`)}
      </span>
      <b>{named(fact, names.event, t("live.unread"))}</b>
      <code>{fact.actor}</code>
      <em>{names.source(fact.source)}</em>
      <em data-wrong={told ? "" : undefined}>
        {told ??
          [fact.items_count > 0 && t("live.items", { count: fact.items_count }), detail]
            .filter(Boolean)
            .join(" · ")}
      </em>
    </button>
  );
}

function named(fact: LiveFact, title: (name: string) => string, unread: string): string {
  return fact.name ? title(fact.name) : fact.outcome === "unread" ? unread : fact.protocol;
}
