import { useTranslation } from "react-i18next";
import { useProcesses, useRetire, useSession } from "@/api";
import type { Erasure } from "@/api";
import { useFormat } from "@/shell";
import { Button, Mark, useNotify } from "@/ui";
import styles from "./settings.module.css";

/** Milliseconds after which a process that has not said that it runs may be thought gone. */
const QUIET = 60_000;

/** The processes that share the lake and have not done their part of an erasure. */
export function OpenParts({ erasure }: { erasure: Erasure }) {
  const { t } = useTranslation("settings");
  const done = erasure.state === "done";
  const state = done ? "missing" : "waiting";
  const open = erasure.processes.filter((one) => one.state === state);
  if (open.length === 0) return null;
  return (
    <div className={styles.others}>
      {done ? (
        <Mark tone="warn">{t("erasures.missing", { count: open.length })}</Mark>
      ) : (
        <span>{t("erasures.waits", { count: open.length })}</span>
      )}
      <ul>
        {open.map((one) => (
          <OpenPart key={one.id} part={one} />
        ))}
      </ul>
      {done && <small>{t("erasures.missingHint")}</small>}
    </div>
  );
}

function OpenPart({ part }: { part: Erasure["processes"][number] }) {
  const { t } = useTranslation("settings");
  const format = useFormat();
  const session = useSession();
  const admin = session.data?.user.admin ?? false;
  const told = useProcesses(admin);
  const known = told.data?.find((one) => one.id === part.id);
  const quiet = known !== undefined && told.dataUpdatedAt - Date.parse(known.seen_at) > QUIET;
  const { modal, message } = useNotify();
  const retire = useRetire();
  const who = { host: part.host, role: t(`erasures.roles.${part.role}`) };
  const ask = () =>
    void modal.confirm({
      title: t("erasures.retire.sure", { host: part.host }),
      content: (
        <>
          <p>{t("erasures.retire.when")}</p>
          <p>
            <code className={styles.path}>{part.folder}</code>
          </p>
          <p>{t("erasures.retire.what")}</p>
        </>
      ),
      okText: t("erasures.retire.go"),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () =>
        retire.mutate(part.id, {
          onSuccess: () => void message.success(t("erasures.retire.done", { host: part.host })),
          onError: (error) => void message.error(error.message),
        }),
    });
  return (
    <li title={part.folder}>
      {part.error
        ? t("erasures.failing", { ...who, error: part.error })
        : t("erasures.seen", { ...who, ago: format.ago(part.seen_at) })}
      {known?.retired_at && <> · {t("erasures.retire.retired")}</>}
      {quiet && !known.retired_at && (
        <Button type="link" size="small" className={styles.inline} onClick={ask} loading={retire.isPending}>
          {t("erasures.retire.ask")}
        </Button>
      )}
    </li>
  );
}
