import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { planDocumentAddress, usePlan, usePlanCoverage, usePlanDraft } from "@/api";
import type { CoveredEvent, PlanDraft } from "@/api";
import { Failed, useFormat, useLanguage, useMayEdit, useNames, useProject } from "@/shell";
import {
  BoneRows,
  Button,
  Empty,
  Figure,
  Icon,
  Input,
  List,
  Mark,
  Page,
  Segmented,
  Sparkline,
  useNotify,
} from "@/ui";
import type { Tone } from "@/ui";
import { AdoptDraft } from "./AdoptDraft";
import { PlanDrawer } from "./PlanDrawer";
import { Release } from "./Release";
import styles from "./data.module.css";

const DAYS = 14;
const VIEWS = ["all", "unseen", "unplanned", "wrong"] as const;
type View = (typeof VIEWS)[number];
export const STATUS_TONES: Record<string, Tone> = { live: "accent", planned: "plain", deprecated: "warn" };

const shows: Record<View, (event: CoveredEvent) => boolean> = {
  all: () => true,
  unseen: (event) => event.planned && event.count === 0,
  unplanned: (event) => !event.planned,
  wrong: (event) => event.violations > 0,
};

/** What is meant to arrive beside what arrives. */
export function Plan() {
  const { t } = useTranslation("data");
  const project = useProject().id;
  const coverage = usePlanCoverage(project, DAYS);
  const plan = usePlan(project);
  const mayEdit = useMayEdit();
  const [search, setSearch] = useSearchParams();
  const [q, setQ] = useState("");
  const [verifying, setVerifying] = useState(false);
  const names = useNames();
  const format = useFormat();
  const language = useLanguage() === "en" ? "en" : "zh";
  const draft = useDraft();
  const view = VIEWS.find((one) => one === search.get("show")) ?? "all";
  const set = (name: string, value: string | null) =>
    setSearch((before) => {
      const next = new URLSearchParams(before);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    });
  const found = coverage.data;
  const planned = (plan.data?.events.length ?? 0) > 0;
  const wanted = q.trim().toLowerCase();
  const events = (found?.events ?? []).filter(
    (event) =>
      shows[view](event) &&
      `${event.name} ${names.event(event.name)} ${event.owner}`.toLowerCase().includes(wanted),
  );
  const awaited = found?.events.filter((event) => event.planned && event.status !== "deprecated") ?? [];
  const error = coverage.error ?? plan.error;
  return (
    <Page
      title={t("plan.title")}
      lead={t("plan.lead")}
      actions={
        planned && (
          <>
            <Button
              href={planDocumentAddress(project, language)}
              download
              icon={<Icon name="download" size={14} />}
              title={t("plan.documentHint")}
            >
              {t("plan.document")}
            </Button>
            {mayEdit && (
              <Button loading={draft.running === "arrived"} onClick={() => draft.make("arrived")}>
                {t("plan.more")}
              </Button>
            )}
            <Button type="primary" onClick={() => setVerifying(true)}>
              {t("release.open")}
            </Button>
          </>
        )
      }
    >
      {error ? (
        <Failed
          error={error}
          retry={() => {
            void coverage.refetch();
            void plan.refetch();
          }}
        />
      ) : !found || !plan.data ? (
        <BoneRows rows={10} />
      ) : !planned ? (
        <Empty
          title={t("plan.empty")}
          action={
            mayEdit && (
              <span className={styles.toolbar} style={{ justifyContent: "center" }}>
                <Button
                  type="primary"
                  loading={draft.running === "arrived"}
                  onClick={() => draft.make("arrived")}
                >
                  {t("plan.fromArrived")}
                </Button>
                <Button loading={draft.running === "retail"} onClick={() => draft.make("retail")}>
                  {t("plan.fromRetail")}
                </Button>
              </span>
            )
          }
        >
          {t("plan.emptyText")}
        </Empty>
      ) : (
        <>
          <div className={styles.figures}>
            <Figure
              label={t("plan.share")}
              value={found.arrived ? format.percent(found.planned / found.arrived) : "–"}
            />
            <Figure
              label={t("plan.seen")}
              value={`${awaited.filter((event) => event.count > 0).length} / ${awaited.length}`}
            />
            <Figure label={t("plan.violations")} value={format.short(found.violations)} />
          </div>
          <div className={styles.toolbar} style={{ marginTop: 12 }}>
            <Segmented<View>
              value={view}
              onChange={(next) => set("show", next === "all" ? null : next)}
              options={VIEWS.map((one) => ({
                value: one,
                label: `${t(`plan.view.${one}`)} ${found.events.filter(shows[one]).length}`,
              }))}
            />
            <Input
              value={q}
              onChange={(event) => setQ(event.target.value)}
              prefix={<Icon name="search" size={14} />}
              placeholder={t("plan.search")}
              aria-label={t("plan.search")}
              allowClear
              style={{ width: 220 }}
            />
          </div>
          <Events events={events} open={(name) => set("event", name)} />
          {events.length === 0 && <Empty title={t("plan.none")} />}
        </>
      )}
      <PlanDrawer
        event={found?.events.find((event) => event.name === search.get("event"))}
        close={() => set("event", null)}
      />
      {draft.made && <AdoptDraft draft={draft.made} close={draft.drop} />}
      {verifying && <Release close={() => setVerifying(false)} />}
    </Page>
  );
}

function useDraft() {
  const { message } = useNotify();
  const [made, setMade] = useState<PlanDraft | null>(null);
  const draft = usePlanDraft(useProject().id);
  return {
    made,
    running: draft.isPending ? draft.variables : null,
    make: (from: "arrived" | "retail") =>
      draft.mutate(from, { onSuccess: setMade, onError: (error) => void message.error(error.message) }),
    drop: () => setMade(null),
  };
}

function Events({ events, open }: { events: CoveredEvent[]; open: (name: string) => void }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const names = useNames();
  return (
    <List
      label={t("plan.title")}
      head={
        <>
          <th>{t("plan.event")}</th>
          <th>{t("plan.status")}</th>
          <th data-wide>{t("plan.owner")}</th>
          <th data-wide>{t("plan.arrives")}</th>
          <th data-right>{t("plan.count")}</th>
          <th data-wide>{t("plan.wrongDaily")}</th>
          <th data-right>{t("plan.violations")}</th>
          <th data-right data-wide>
            {t("plan.last")}
          </th>
        </>
      }
    >
      {events.map((event) => (
        <tr key={event.name}>
          <td>
            <button type="button" className={styles.link} onClick={() => open(event.name)}>
              {event.title ? format.say(event.title) : names.event(event.name)}
              {names.event(event.name) !== event.name && <code>{event.name}</code>}
            </button>
          </td>
          <td data-tight>
            {event.status ? (
              <Mark tone={STATUS_TONES[event.status]}>
                {t(`plan.statuses.${event.status}` as "plan.statuses.live")}
              </Mark>
            ) : (
              <Mark tone="warn">{t("plan.unplanned")}</Mark>
            )}
          </td>
          <td data-wide>{event.owner || "–"}</td>
          <td data-wide>
            <Sparkline values={event.daily} width={96} height={20} label={t("plan.arrives")} />
          </td>
          <td data-right>{format.exact(event.count)}</td>
          <td data-wide>
            {event.violations > 0 && (
              <Sparkline
                values={event.violations_daily}
                width={72}
                height={20}
                label={t("plan.violations")}
                color="var(--loss)"
              />
            )}
          </td>
          <td data-right>{event.violations > 0 ? format.exact(event.violations) : "–"}</td>
          <td data-right data-wide>
            {event.last_seen ? format.ago(event.last_seen) : t("plan.never")}
          </td>
        </tr>
      ))}
    </List>
  );
}
