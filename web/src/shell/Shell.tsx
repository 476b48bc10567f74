import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, NavLink, Outlet, useLocation, useParams } from "react-router";
import { useSession } from "@/api";
import { Bone, BoneRows, Icon } from "@/ui";
import { Failed } from "./Failed";
import { rememberProject } from "./last-project";
import { NotesProvider } from "./Notes";
import { PeopleDrawerProvider } from "./PeopleDrawer";
import { useAddress } from "./place";
import { usePlaces } from "./places";
import type { GroupKey, Place, PlaceKey } from "./places";
import { useFolded } from "./folded";
import { Mark } from "./Mark";
import styles from "./shell.module.css";
import { TopBar } from "./TopBar";

/** The frame around every page of a project. */
export function Shell() {
  const session = useSession();
  const { project } = useParams();
  const here = useLocation();
  useEffect(() => {
    if (project) rememberProject(project);
  }, [project]);
  if (session.error)
    return (
      <div style={{ maxWidth: 560, margin: "20vh auto 0", padding: 16 }}>
        <Failed error={session.error} retry={() => void session.refetch()} />
      </div>
    );
  if (session.isPending) return <ShellBones />;
  if (!session.data)
    return <Navigate to={`/sign-in?next=${encodeURIComponent(here.pathname + here.search)}`} replace />;
  if (!session.data.projects.some((each) => each.id === project)) return <Navigate to="/" replace />;
  return (
    <PeopleDrawerProvider>
      <NotesProvider>
        <div className={styles.shell}>
          <Rail />
          <div className={styles.main}>
            <TopBar session={session.data} />
            <main id="content">
              <Outlet />
            </main>
          </div>
          <BottomBar />
        </div>
      </NotesProvider>
    </PeopleDrawerProvider>
  );
}

function Rail() {
  const { t } = useTranslation("shell");
  const address = useAddress();
  const groups = usePlaces();
  const { pathname } = useLocation();
  const rail = useRef<HTMLElement>(null);
  useEffect(() => {
    rail.current?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest" });
  }, [groups, pathname]);
  return (
    <nav className={styles.rail} aria-label={t("rail")} ref={rail}>
      <NavLink className={styles.brand!} to={address("/home")}>
        <Mark />
        {t("brand")}
      </NavLink>
      <div className={styles.places}>
        {groups.map(({ group, places }, index) => (
          <div key={group ?? index} className={styles.places} style={{ paddingTop: 0 }}>
            {group ? (
              <Group name={group} places={places} />
            ) : (
              <>
                {index > 0 && <div style={{ height: 10 }} />}
                {places.map((place) => (
                  <PlaceLink key={place.key} place={place} />
                ))}
              </>
            )}
          </div>
        ))}
      </div>
    </nav>
  );
}

/** Places under a heading that folds them away; the place one is at stays in sight. */
function Group({ name, places }: { name: GroupKey; places: Place[] }) {
  const { t } = useTranslation("shell");
  const address = useAddress();
  const { pathname } = useLocation();
  const [folded, fold] = useFolded(name);
  const shown = folded ? places.filter((place) => address(place.path).split("?")[0] === pathname) : places;
  return (
    <>
      <button type="button" className={styles.group} aria-expanded={!folded} onClick={() => fold(!folded)}>
        {t(`group.${name}`)}
        <Icon name={folded ? "right" : "down"} size={10} />
      </button>
      {shown.map((place) => (
        <PlaceLink key={place.key} place={place} />
      ))}
    </>
  );
}

function PlaceLink({ place }: { place: Place }) {
  const address = useAddress();
  return (
    <NavLink className={styles.place!} to={address(place.path)}>
      <Icon name={place.icon} />
      {place.title}
    </NavLink>
  );
}

const PHONE: PlaceKey[] = ["home", "boards", "live", "people"];
function BottomBar() {
  const { t } = useTranslation("shell");
  const address = useAddress();
  const all = usePlaces().flatMap((group) => group.places);
  return (
    <nav className={styles.bottom} aria-label={t("rail")}>
      {PHONE.map((key) => {
        const place = all.find((each) => each.key === key)!;
        return (
          <NavLink key={key} to={address(place.path)}>
            <Icon name={place.icon} size={20} />
            {place.title}
          </NavLink>
        );
      })}
      <NavLink to={address("/more")}>
        <Icon name="menu" size={20} />
        {t("place.more")}
      </NavLink>
    </nav>
  );
}

function ShellBones() {
  return (
    <div className={styles.shell} aria-busy="true">
      <div className={styles.rail} />
      <div className={styles.main}>
        <div className={styles.bar}>
          <Bone w={160} />
        </div>
        <div style={{ padding: 28 }}>
          <BoneRows rows={8} />
        </div>
      </div>
    </div>
  );
}
