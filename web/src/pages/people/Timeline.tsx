import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useSchema, useTimeline } from "@/api";
import type { TimelineEvent } from "@/api";
import { Failed, useFormat, useNames, useProject, useReach } from "@/shell";
import { BoneRows, Button, Empty, Section, Select } from "@/ui";
import styles from "./people.module.css";
import { byDayAndVisit } from "./sessions";
import type { DayGroup } from "./sessions";
import { TimelineItem } from "./TimelineItem";

export function Timeline({ id, asOf }: { id: string; asOf: string | null }) {
  const { t } = useTranslation("people");
  const project = useProject();
  const names = useNames();
  const format = useFormat();
  const schema = useSchema(project.id);
  const [search, setSearch] = useSearchParams();
  const name = search.get("event");
  const show = (next: string | null) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (next) after.set("event", next);
        else after.delete("event");
        return after;
      },
      { replace: true },
    );
  const pages = useTimeline(project.id, id, name, asOf);
  const end = useReach<HTMLDivElement>(() => {
    if (!pages.isFetchingNextPage) void pages.fetchNextPage();
  }, pages.hasNextPage);
  const days = useMemo(
    () =>
      byDayAndVisit(pages.data?.pages.flatMap((page): TimelineEvent[] => page.events) ?? [], format.dayOf),
    [pages.data, format],
  );

  return (
    <Section
      title={t("timeline")}
      extra={
        <Select<string>
          size="small"
          aria-label={t("filter")}
          value={name ?? ""}
          onChange={(next) => show(next || null)}
          showSearch={{ optionFilterProp: "label" }}
          style={{ width: 176 }}
          options={[
            { value: "", label: t("allEvents") },
            ...(schema.data?.events ?? []).map((event) => ({
              value: event.name,
              label: names.event(event.name),
            })),
          ]}
        />
      }
    >
      {pages.error ? (
        <Failed error={pages.error} retry={() => void pages.refetch()} />
      ) : !pages.data ? (
        <BoneRows rows={12} />
      ) : days.length === 0 ? (
        <Empty
          title={t("noEvents")}
          action={name && <Button onClick={() => show(null)}>{t("allEventsAgain")}</Button>}
        />
      ) : (
        days.map((day) => <Day key={day.day} day={day} />)
      )}
      <div ref={end} className={styles.end2}>
        {pages.isFetchingNextPage
          ? t("loadingMore")
          : pages.data && !pages.hasNextPage && days.length > 0
            ? t("start")
            : ""}
      </div>
    </Section>
  );
}

function Day({ day }: { day: DayGroup }) {
  const { t } = useTranslation("people");
  const format = useFormat();
  return (
    <section>
      <h3 className={styles.day}>
        {format.day(day.day)}
        <span>{t("events", { count: day.count, shown: format.exact(day.count) })}</span>
      </h3>
      {day.visits.map((visit) => (
        <div key={visit.key} className={styles.session}>
          {visit.events.length > 1 && (
            <p className={styles.sessionHead}>
              {t("session", { count: visit.events.length, length: format.duration(visit.seconds) })}
            </p>
          )}
          {visit.events.map((event) => (
            <TimelineItem key={event.id} event={event} />
          ))}
        </div>
      ))}
    </section>
  );
}
