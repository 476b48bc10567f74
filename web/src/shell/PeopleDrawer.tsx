import { createContext, useCallback, useContext, useMemo, useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { usePeopleBehind } from "@/api";
import type { Opens, PersonRow } from "@/api";
import { BoneRows, Button, Drawer, Empty, Icon, useNotify } from "@/ui";
import { Failed } from "./Failed";
import { useFormat } from "./format";
import { useNames } from "./names";
import styles from "./people-drawer.module.css";
import { byStrength, savePeople } from "./people-file";
import { useAddress, useMayEdit, useProject } from "./place";
import { SaveSegment } from "./SaveSegment";

/** `title`: what was clicked, in words: "Buyers, 21 November". */
type Opened = { title: string } & (Opens | { segment: string });
const Context = createContext<(opened: Opened) => void>(() => {});

/** Opens the drawer with the persons behind a figure. */
export const usePeopleDrawer = () => useContext(Context);

export function PeopleDrawerProvider({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = useCallback(() => setOpened(null), []);
  return (
    <Context.Provider value={setOpened}>
      {children}
      <Drawer open={opened !== null} onClose={close} size={520} title={opened?.title} destroyOnHidden>
        {opened && <Behind opened={opened} close={close} />}
      </Drawer>
    </Context.Provider>
  );
}

function Behind({ opened, close }: { opened: Opened; close: () => void }) {
  const { t } = useTranslation("shell");
  const project = useProject();
  const { exact } = useFormat();
  const opens = useMemo<Opens | { segment: string }>(() => {
    if ("segment" in opened) return { segment: opened.segment };
    return { kind: opened.kind, params: opened.params, cell: opened.cell, comparison: opened.comparison };
  }, [opened]);
  const pages = usePeopleBehind(project.id, opens);
  const { message } = useNotify();
  const [saving, setSaving] = useState(false);
  const [keeping, setKeeping] = useState(false);
  const mayEdit = useMayEdit();
  if (pages.error) return <Failed error={pages.error} retry={() => void pages.refetch()} />;
  if (!pages.data) return <BoneRows rows={10} />;
  const people = pages.data.pages.flatMap((page) => page.people);
  const total = pages.data.pages[0]?.total ?? 0;
  if (total === 0) return <Empty title={t("drawer.nobody")}>{t("drawer.nobodyHint")}</Empty>;
  return (
    <>
      <div className={styles.total}>
        <p>
          <b>{exact(total)}</b> {t("drawer.people", { count: total })}
        </p>
        <span className={styles.actions}>
          {mayEdit && !("segment" in opens) && (
            <Button size="small" icon={<Icon name="segment" size={14} />} onClick={() => setKeeping(true)}>
              {t("drawer.keep")}
            </Button>
          )}
          <Button
            size="small"
            icon={<Icon name="download" size={14} />}
            loading={saving}
            onClick={() => {
              setSaving(true);
              void savePeople(project.id, opens, t("drawer.heads").split("|"))
                .catch(() => message.error(t("drawer.notSaved")))
                .finally(() => setSaving(false));
            }}
          >
            {t("drawer.csv")}
          </Button>
        </span>
      </div>
      {keeping && !("segment" in opens) && (
        <SaveSegment
          opens={opens}
          title={opened.title}
          total={total}
          close={() => setKeeping(false)}
          leave={close}
        />
      )}
      <ul className={styles.list}>
        {people.map((person) => (
          <PersonLine key={person.id} person={person} onGo={close} />
        ))}
      </ul>
      {pages.hasNextPage && (
        <Button block onClick={() => void pages.fetchNextPage()} loading={pages.isFetchingNextPage}>
          {t("drawer.more")}
        </Button>
      )}
    </>
  );
}

function PersonLine({ person, onGo }: { person: PersonRow; onGo: () => void }) {
  const { t } = useTranslation("shell");
  const { money, exact, ago } = useFormat();
  const address = useAddress();
  const known = byStrength(person.identifiers);
  const best = known[0];
  const names = useNames();
  return (
    <li>
      <Link to={address(`/people/${encodeURIComponent(person.id)}`)} className={styles.person} onClick={onGo}>
        <span className={styles.name}>{person.name ?? best?.value ?? person.id}</span>
        <span className={styles.side}>{person.revenue ? money(person.revenue) : ""}</span>
        <span className={styles.detail}>
          {[person.city, ...known.slice(0, 2).map(({ type, value }) => `${names.identifier(type)} ${value}`)]
            .filter(Boolean)
            .join(" · ")}
        </span>
        <span className={styles.side}>
          {[
            person.orders ? t("drawer.orders", { count: person.orders, shown: exact(person.orders) }) : "",
            ago(person.last_seen),
          ]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </Link>
    </li>
  );
}
