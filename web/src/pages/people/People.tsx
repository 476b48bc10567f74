import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router";
import { usePeople } from "@/api";
import type { PersonRow } from "@/api";
import { Failed, useAddress, useFormat, useLater, useNames, useProject, useReach } from "@/shell";
import { BoneRows, Button, Empty, Icon, Input, List, Page } from "@/ui";
import { AsOfNote, AsOfPicker, useAsOf } from "./AsOf";
import styles from "./people.module.css";

export function People() {
  const { t } = useTranslation("people");
  const project = useProject();
  const format = useFormat();
  const [search, setSearch] = useSearchParams();
  const [text, setText] = useState(search.get("q") ?? "");
  const q = useLater(text.trim());
  useEffect(() => {
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (q) next.set("q", q);
        else next.delete("q");
        return next;
      },
      { replace: true },
    );
  }, [q, setSearch]);
  const [asOf] = useAsOf();
  const pages = usePeople(project.id, q, asOf);
  const end = useReach<HTMLDivElement>(() => {
    if (!pages.isFetchingNextPage) void pages.fetchNextPage();
  }, pages.hasNextPage);
  const total = pages.data?.pages[0]?.total;
  const people = pages.data?.pages.flatMap((page) => page.people) ?? [];

  return (
    <Page title={t("title")} lead={t("lead")} actions={<AsOfPicker />}>
      <AsOfNote />
      <div className={styles.find}>
        <Input
          value={text}
          onChange={(event) => setText(event.target.value)}
          prefix={<Icon name="search" size={14} />}
          placeholder={t("search")}
          aria-label={t("search")}
          allowClear
          style={{ maxWidth: 360 }}
        />
        {total !== undefined && (
          <span className={styles.total}>{t("total", { count: total, shown: format.exact(total) })}</span>
        )}
      </div>
      {pages.error ? (
        <Failed error={pages.error} retry={() => void pages.refetch()} />
      ) : !pages.data ? (
        <BoneRows rows={12} />
      ) : people.length === 0 ? (
        <Nobody q={q} clear={() => setText("")} />
      ) : (
        <PeopleList people={people} />
      )}
      <div ref={end} style={{ height: 1 }} />
      {pages.isFetchingNextPage && <BoneRows rows={3} />}
    </Page>
  );
}

function Nobody({ q, clear }: { q: string; clear: () => void }) {
  const { t } = useTranslation("people");
  const address = useAddress();
  const go = useNavigate();
  if (q) {
    return (
      <Empty title={t("none", { q })} action={<Button onClick={clear}>{t("clear")}</Button>}>
        {t("noneHint")}
      </Empty>
    );
  }
  return (
    <Empty
      title={t("empty")}
      action={
        <Button type="primary" onClick={() => void go(address("/data/sources"))}>
          {t("connect")}
        </Button>
      }
    >
      {t("emptyHint")}
    </Empty>
  );
}

function PeopleList({ people }: { people: PersonRow[] }) {
  const { t } = useTranslation("people");
  return (
    <List
      label={t("title")}
      head={
        <>
          <th>{t("columns.person")}</th>
          <th data-wide>{t("columns.identifiers")}</th>
          <th data-wide>{t("columns.city")}</th>
          <th data-right>{t("columns.orders")}</th>
          <th data-right>{t("columns.revenue")}</th>
          <th data-right data-wide>
            {t("columns.first")}
          </th>
          <th data-right>{t("columns.last")}</th>
        </>
      }
    >
      {people.map((person) => (
        <Row key={person.id} person={person} />
      ))}
    </List>
  );
}

function Row({ person }: { person: PersonRow }) {
  const { t } = useTranslation("people");
  const format = useFormat();
  const names = useNames();
  const address = useAddress();
  const [first, ...rest] = person.identifiers;
  return (
    <tr>
      <td>
        <Link to={address(`/people/${encodeURIComponent(person.id)}`)} className={styles.name}>
          {person.name ?? <span className={styles.anonymous}>{t("anonymous")}</span>}
          {!person.name && first && <code className={styles.short}>{first.value.slice(0, 14)}</code>}
        </Link>
      </td>
      <td data-wide>
        {first && (
          <>
            <span className={styles.type}>{names.identifier(first.type)}</span> {first.value}
          </>
        )}
        {rest.length > 0 && <span className={styles.type}> {t("plus", { count: rest.length })}</span>}
      </td>
      <td data-wide>{person.city ?? "–"}</td>
      <td data-right>{format.exact(person.orders)}</td>
      <td data-right>{format.money(person.revenue)}</td>
      <td data-right data-wide>
        {person.first_seen ? format.dayOf(person.first_seen) : "–"}
      </td>
      <td data-right>{format.ago(person.last_seen)}</td>
    </tr>
  );
}
