import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import type { SqlQuery, Tile } from "@/api";
import type { Asked } from "@/api/questions";
import { AnswerView } from "@/pages/analyse";
import { writeQuestion } from "@/pages/analyse/address";
import { NOTHING, writeSql } from "@/pages/sql/query";
import { SqlTile } from "@/pages/sql/SqlTile";
import { MetricFace } from "@/pages/metrics/MetricFace";
import { useAddress, usePeriod, useProject } from "@/shell";
import { Button, Icon, Menu } from "@/ui";
import styles from "./boards.module.css";
import { stepped } from "./layout";
import { NameForm } from "./NameForm";

interface Props {
  tile: Tile;
  arranging: boolean;
  replace?: (tile: Tile) => void;
  remove?: () => void;
}

/** One answer on a board, for the period and comparison of the top bar. */
export function BoardTile({ tile, arranging, replace, remove }: Props) {
  const { t } = useTranslation("boards");
  const project = useProject();
  const address = useAddress();
  const go = useNavigate();
  const [renaming, setRenaming] = useState(false);
  const params = useTileParams(tile);
  const view = typeof tile.view === "string" ? tile.view : null;
  const query = tile.kind === "sql" ? { q: writeSql(readParams(tile)) } : writeQuestion(params, view);
  const analysis = tile.kind === "metric" ? address("/metrics") : address(`/analyse/${tile.kind}`, query);
  return (
    <section className={styles.tile} aria-label={tile.title}>
      <header className={styles.tileHead}>
        {arranging && (
          <button
            type="button"
            className={`${styles.handle} board-handle`}
            aria-label={t("move", { title: tile.title })}
            onKeyDown={(event) => {
              if (!event.key.startsWith("Arrow")) return;
              event.preventDefault();
              replace?.(stepped(tile, event.key, event.shiftKey));
            }}
          >
            <Icon name="drag" />
          </button>
        )}
        <h2 className={styles.tileTitle}>
          <Link to={analysis} title={t("open")}>
            {tile.title}
          </Link>
        </h2>
        <Menu
          trigger={["click"]}
          placement="bottomRight"
          menu={{
            items: [
              { key: "open", label: t("open") },
              ...(replace ? [{ key: "rename", label: t("renameTile") }] : []),
              ...(remove ? [{ key: "remove", label: t("removeTile"), danger: true }] : []),
            ],
            onClick: ({ key }) => {
              if (key === "open") void go(analysis);
              if (key === "rename") setRenaming(true);
              if (key === "remove") remove?.();
            },
          }}
        >
          <Button
            type="text"
            size="small"
            icon={<Icon name="more" />}
            aria-label={t("actions", { title: tile.title })}
          />
        </Menu>
      </header>
      <div className={styles.tileBody}>
        {tile.kind === "metric" ? (
          <MetricFace name={String(tile.params.metric)} label={tile.title} />
        ) : tile.kind === "sql" ? (
          <SqlTile params={tile.params} />
        ) : (
          <AnswerView project={project.id} kind={tile.kind} params={{ ...params }} view={view} compact />
        )}
      </div>
      {renaming && (
        <NameForm
          title={t("renameTile")}
          name={tile.title}
          close={() => setRenaming(false)}
          save={(title) => {
            replace?.({ ...tile, title });
            setRenaming(false);
          }}
        />
      )}
    </section>
  );
}

const readParams = (tile: Tile) => ({ ...NOTHING, ...(tile.params as Partial<SqlQuery>) });

/** The tile's question, asked for the period in force; what it is set against by itself stays. */
function useTileParams(tile: Tile): Asked {
  const { period, compare } = usePeriod();
  return useMemo(() => {
    const own = tile.params as unknown as Asked;
    const special = own.compare?.some((each) => each.people || each.period !== "previous");
    return {
      ...own,
      period,
      compare: special ? own.compare : compare === "previous" ? [{ period: "previous" as const }] : [],
    };
  }, [tile.params, period, compare]);
}
