import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { useIdentityLog, useIdentityRules } from "@/api";
import type { Decision, LogEntry, TypeRule } from "@/api";
import { Failed, useAddress, useFormat, useLanguage, useMayEdit, useNames, useProject } from "@/shell";
import { BoneRows, Button, Icon, List, Mark, Page, Section, Segmented } from "@/ui";
import { Decide } from "./Decide";
import { End } from "./End";
import { Act } from "./Identity";
import styles from "./identity.module.css";
import { Because } from "./LinkLine";
import { QuarantineList } from "./QuarantineList";
import { RulesForm } from "./RulesForm";
import { Suggestions } from "./Suggestions";

/** How identifiers make people: the rules, what they stopped, and what joined and parted whom. */
export function IdentityPage() {
  const { t } = useTranslation("identity");
  const [search, setSearch] = useSearchParams();
  const view = search.get("view") === "suggestions" ? "suggestions" : "rules";
  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      actions={
        <Segmented<"rules" | "suggestions">
          value={view}
          onChange={(next) => setSearch(next === "rules" ? {} : { view: next }, { replace: true })}
          options={(["rules", "suggestions"] as const).map((value) => ({
            value,
            label: t(`views.${value}`),
          }))}
        />
      }
    >
      {view === "suggestions" ? (
        <Suggestions />
      ) : (
        <>
          <Rules />
          <QuarantineList />
          <MergeLog />
        </>
      )}
    </Page>
  );
}

function Rules() {
  const { t } = useTranslation("identity");
  const project = useProject();
  const format = useFormat();
  const found = useIdentityRules(project.id);
  const [editing, setEditing] = useState(false);
  const latest = found.data?.versions[0];
  const owner = project.role === "owner";
  return (
    <Section
      title={t("rules")}
      note={
        latest
          ? t("version", { version: latest.version, by: latest.by, time: format.stamp(latest.time) })
          : t("rulesNote")
      }
      extra={
        found.data && (
          <Button
            size="small"
            disabled={!owner}
            title={owner ? undefined : t("onlyOwner")}
            icon={<Icon name="edit" size={14} />}
            onClick={() => setEditing(true)}
          >
            {t("edit")}
          </Button>
        )
      }
    >
      {found.error ? (
        <Failed error={found.error} retry={() => void found.refetch()} />
      ) : !found.data ? (
        <BoneRows rows={6} />
      ) : (
        <List
          label={t("rules")}
          head={
            <>
              <th>{t("type")}</th>
              <th data-right>{t("most")}</th>
              <th data-right>{t("shared")}</th>
              <th title={t("handsOverHint")}>{t("handsOver")}</th>
              <th>{t("blocked")}</th>
            </>
          }
        >
          {found.data.rules.types.map((rule) => (
            <Rule key={rule.type} rule={rule} />
          ))}
        </List>
      )}
      {editing && found.data && <RulesForm reply={found.data} close={() => setEditing(false)} />}
    </Section>
  );
}

export function useTypeName(): (rule: TypeRule) => string {
  const names = useNames();
  const language = useLanguage();
  return (rule) => (rule.title ? rule.title[language === "en" ? "en" : "zh"] : names.identifier(rule.type));
}

function Rule({ rule }: { rule: TypeRule }) {
  const { t } = useTranslation("identity");
  const nameOf = useTypeName();
  const blocked = [
    ...(rule.blocked?.length ? [t("values", { count: rule.blocked.length })] : []),
    ...(rule.patterns?.length ? [t("patterns", { count: rule.patterns.length })] : []),
  ];
  return (
    <tr>
      <td>
        {nameOf(rule)} <code className={styles.quiet}>{rule.type}</code>
      </td>
      <td data-right>{rule.most ?? <span className={styles.quiet}>{t("any")}</span>}</td>
      <td data-right>{rule.shared_by ?? <span className={styles.quiet}>{t("first")}</span>}</td>
      <td>{rule.hands_over ? t("handsOverYes") : <span className={styles.quiet}>–</span>}</td>
      <td title={[...(rule.blocked ?? []), ...(rule.patterns ?? [])].join("\n")}>
        {blocked.join(" · ") || "–"}
      </td>
    </tr>
  );
}

function MergeLog() {
  const { t } = useTranslation("identity");
  const [by, setBy] = useState<"anything" | "hand">("anything");
  const pages = useIdentityLog(useProject().id, by);
  const mayEdit = useMayEdit();
  const [decision, setDecision] = useState<Decision>();
  const entries = pages.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <Section
      title={t("log")}
      note={t("logNote")}
      extra={
        <Segmented<"anything" | "hand">
          size="small"
          value={by}
          onChange={setBy}
          options={(["anything", "hand"] as const).map((value) => ({ value, label: t(`by.${value}`) }))}
        />
      }
    >
      {pages.error ? (
        <Failed error={pages.error} retry={() => void pages.refetch()} />
      ) : !pages.data ? (
        <BoneRows rows={8} />
      ) : entries.length === 0 ? (
        <p className={styles.quiet}>{t("noLog")}</p>
      ) : (
        <List
          label={t("log")}
          head={
            <>
              <th>{t("pair")}</th>
              <th>{t("effect")}</th>
              <th data-wide>{t("said")}</th>
              <th aria-hidden="true" />
            </>
          }
        >
          {entries.map((entry) => (
            <Entry
              key={`${entry.a} ${entry.b} ${entry.received} ${entry.rule}`}
              entry={entry}
              act={mayEdit ? setDecision : undefined}
            />
          ))}
        </List>
      )}
      {pages.hasNextPage && (
        <Button
          type="text"
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
          style={{ marginTop: 8 }}
        >
          {t("more")}
        </Button>
      )}
      {decision && (
        <Decide
          decision={decision}
          title={t(decision.act === "undo" ? "undoTitle" : "relinkTitle")}
          close={() => setDecision(undefined)}
        />
      )}
    </Section>
  );
}

const TONES = { joined: "plain", already: "plain", refused: "warn", parted: "loss" } as const;

function Entry({ entry, act }: { entry: LogEntry; act: ((decision: Decision) => void) | undefined }) {
  const { t } = useTranslation("identity");
  const address = useAddress();
  return (
    <tr>
      <td>
        <span className={styles.ends}>
          <Link to={address(`/people/${encodeURIComponent(entry.person)}`)}>
            <End actor={entry.a} />
          </Link>
          <span aria-hidden="true">{entry.rule === "undone" ? "⇹" : "↔"}</span>
          <Link to={address(`/people/${encodeURIComponent(entry.other_person)}`)}>
            <End actor={entry.b} />
          </Link>
        </span>
      </td>
      <td>
        <Mark tone={TONES[entry.effect]}>{t(`effects.${entry.effect}`)}</Mark>
      </td>
      <td data-wide>
        <Because link={entry} />
      </td>
      <td data-right>{act && <Act link={entry} act={act} />}</td>
    </tr>
  );
}
