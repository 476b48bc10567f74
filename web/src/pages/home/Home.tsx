import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useHome } from "@/api";
import type { HomeReport } from "@/api";
import { Failed, useAddress, useFormat, usePeriod, useProject } from "@/shell";
import { Bone, Button, Empty, Page, Slow } from "@/ui";
import { Channels } from "./Channels";
import { DayPicker } from "./DayPicker";
import { Figures } from "./Figures";
import { Goods } from "./Goods";
import styles from "./home.module.css";
import { Hours } from "./Hours";
import { Pulse } from "./Pulse";

/** Today (or another day) against the day before: what an operator looks at first and all day. */
export function Home() {
  const { t } = useTranslation(["home", "shell"]);
  const project = useProject();
  const format = useFormat();
  const [search] = useSearchParams();
  const day = search.get("day");
  const { compare } = usePeriod();
  const report = useHome(project.id, day);
  const shown = report.data;
  const today = format.today();
  const isToday = (day ?? today) === today;

  return (
    <Page
      tabTitle={t("shell:place.home")}
      title={
        <>
          {isToday && `${t("today")} · `}
          {format.day(day ?? today)}
        </>
      }
      lead={
        shown ? (
          <Against report={shown} compare={compare === "previous"} />
        ) : (
          <Bone w={220} style={{ marginTop: 4 }} />
        )
      }
      actions={<DayPicker day={day ?? today} today={today} />}
    >
      {report.error && !shown ? (
        <Failed error={report.error} retry={() => void report.refetch()} />
      ) : shown ? (
        <div className={styles.report} inert={report.isPlaceholderData} aria-busy={report.isPlaceholderData}>
          <Report report={shown} compare={compare === "previous"} />
        </div>
      ) : (
        <HomeBones />
      )}
    </Page>
  );
}

function Against({ report, compare }: { report: HomeReport; compare: boolean }) {
  const { t } = useTranslation("home");
  const format = useFormat();
  const running = report.day === format.today();
  const until = running ? t("until", { time: format.clock(report.until) }) : "";
  const compared = format.day(report.compared_day);
  const against = compare ? t(running ? "againstSame" : "against", { day: compared }) : "";
  return <>{[until, against].filter(Boolean).join(" · ")}</>;
}

function Report({ report, compare }: { report: HomeReport; compare: boolean }) {
  const { t } = useTranslation("home");
  const address = useAddress();
  const go = useNavigate();
  const format = useFormat();
  const nothing = report.figures.every((figure) => !figure.value && !figure.compared);
  const silent = !nothing && report.figures.every((figure) => !figure.value);
  return (
    <>
      {silent && report.day === format.today() && (
        <p className={styles.silent} role="status">
          {t("silent")}{" "}
          <Link to={address("/home", { day: report.compared_day })}>
            {t("silentLook", { day: format.day(report.compared_day) })}
          </Link>
          <Link to={address("/data/quality")}>{t("silentWhy")}</Link>
        </p>
      )}
      {nothing && (
        <Empty
          title={t("empty.title")}
          action={
            <div style={{ display: "flex", gap: 8 }}>
              <Button type="primary" onClick={() => void go(address("/data/sources"))}>
                {t("empty.connect")}
              </Button>
              <Button onClick={() => void go(address("/data/import"))}>{t("empty.import")}</Button>
            </div>
          }
        >
          {t("empty.text")}
        </Empty>
      )}
      <Figures report={report} compare={compare} />
      <div className={styles.columns}>
        <Hours report={report} compare={compare} />
        <Pulse />
      </div>
      <div className={styles.halves}>
        <Channels report={report} />
        <Goods report={report} />
      </div>
    </>
  );
}

function HomeBones() {
  return (
    <div aria-busy="true" role="status">
      <div className={styles.figures}>
        {Array.from({ length: 7 }, (_, index) => (
          <div key={index} className={styles.cell}>
            <Bone w={48} h={10} />
            <Bone w={96} h={24} style={{ margin: "8px 0" }} />
            <Bone w={72} h={10} />
            <Bone h={20} style={{ marginTop: 12 }} />
          </div>
        ))}
      </div>
      <Bone h={220} style={{ marginTop: 40 }} />
      <Slow />
    </div>
  );
}
