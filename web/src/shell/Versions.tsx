import { useTranslation } from "react-i18next";
import { Button, useNotify } from "@/ui";
import { useFormat } from "./format";
import styles from "./versions.module.css";

interface Version<D> {
  version: number;
  by: string;
  why: string;
  time: string;
  definition: D | null;
}

/** What something meant, who changed it and why, newest first; `restore` brings an earlier version back. */
export function Versions<D>({
  versions,
  means,
  restore,
}: {
  versions: Version<D>[];
  means?: (definition: D) => string;
  restore?: (change: { definition: D; why: string }) => Promise<unknown>;
}) {
  const { t } = useTranslation("common");
  const format = useFormat();
  const { message, modal } = useNotify();
  const ask = ({ version, definition }: { version: number; definition: D }) =>
    void modal.confirm({
      title: t("version.sure", { version }),
      content: t("version.sureText"),
      okText: t("version.restore"),
      icon: null,
      onOk: () =>
        restore?.({ definition, why: t("version.restored", { version }) }).then(
          () => void message.success(t("version.restored", { version })),
          (error: Error) => void message.error(error.message),
        ),
    });
  return (
    <ul>
      {versions.map(({ version, by, why, time, definition }, at) => (
        <li key={version} className={styles.version}>
          <b>{version}</b>
          <span>
            {why || t(definition ? "version.noWhy" : "version.removed")}
            <small>
              {by === "local" ? t("version.local") : by} · {format.stamp(time)}
              {definition && means && ` · ${means(definition)}`}
            </small>
          </span>
          {restore && definition && at > 0 && (
            <Button
              size="small"
              aria-label={t("version.sure", { version })}
              onClick={() => ask({ version, definition })}
            >
              {t("version.restore")}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
