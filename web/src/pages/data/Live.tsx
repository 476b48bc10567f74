import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useLive } from "@/api";
import type { NumberedFact } from "@/api";
import { useAddress, useFormat, useNames, useProject } from "@/shell";
import { Bone, Button, Code, Empty, Icon, Input, Page } from "@/ui";
import styles from "./data.module.css";

/** Events as they arrive, to look at and to debug with. */
export function Live() {
  const { t } = useTranslation("data");
  const [paused, setPaused] = useState(false);
  const [q, setQ] = useState("");
  const live = useLive(useProject().id, 300, paused);
  const names = useNames();
  const address = useAddress();
  const go = useNavigate();
  const wanted = q.trim().toLowerCase();
  const facts = wanted
    ? live.facts.filter((fact) =>
        `${fact.name} ${names.event(fact.name)} ${names.source(fact.source)} ${fact.actor} ${JSON.stringify(fact.properties)}`
          .toLowerCase()
          .includes(wanted),
      )
    : live.facts;
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
      <div className={styles.toolbar}>
        <Button icon={<Icon name={paused ? "play" : "pause"} size={14} />} onClick={() => setPaused(!paused)}>
          {t(paused ? "live.resume" : "live.pause")}
        </Button>
        <Button onClick={live.clear}>{t("live.clear")}</Button>
        <Input
          value={q}
          onChange={(event) => setQ(event.target.value)}
          prefix={<Icon name="filter" size={14} />}
          placeholder={t("live.filter")}
          aria-label={t("live.filter")}
          allowClear
          style={{ width: 240 }}
        />
        <span className={styles.spring} />
        <span className={styles.muted}>{t("live.perMinute")}</span>
        <span
          className={styles.state}
          data-on={live.state === "open" && !paused ? "" : undefined}
          data-lost={live.state === "lost" && !paused ? "" : undefined}
        >
          {paused ? t("live.paused") : t(`live.state.${live.state}`)}
        </span>
      </div>
      <div className={styles.stream}>
        {facts.map((fact) => (
          <Fact key={fact.number} fact={fact} />
        ))}
      </div>
      {facts.length === 0 && (
        <Empty
          title={t("live.waiting")}
          action={<Button onClick={() => void go(address("/data/sources"))}>{t("live.toSources")}</Button>}
        >
          {t("live.waitingText")}
        </Empty>
      )}
    </Page>
  );
}

function Fact({ fact }: { fact: NumberedFact }) {
  const { t } = useTranslation(["data", "common"]);
  const format = useFormat();
  const names = useNames();
  const [open, setOpen] = useState(false);
  const { number, ...plain } = fact;
  const detail = Object.entries(fact.properties)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
  return (
    <details
      className={styles.fact}
      data-number={number}
      onToggle={(event) => setOpen((event.target as HTMLDetailsElement).open)}
    >
      <summary>
        <time>{format.clock(fact.time, true)}</time>
        <b>{names.event(fact.name)}</b>
        <code className={styles.muted}>{fact.actor}</code>
        <em>{names.source(fact.source)}</em>
        <em>
          {[fact.items_count > 0 && t("live.items", { count: fact.items_count }), detail]
            .filter(Boolean)
            .join(" · ")}
        </em>
      </summary>
      {open && (
        <div className={styles.open}>
          <Code copy={t("common:copy")} copied={t("common:copied")}>
            {JSON.stringify(plain, null, 2)}
          </Code>
        </div>
      )}
    </details>
  );
}
