import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useIdentityChanges, useQuarantine } from "@/api";
import { Failed, useAddress, useFormat, useProject } from "@/shell";
import { BoneRows, Button, List, Mark, Section, useNotify } from "@/ui";
import { End } from "./End";
import styles from "./identity.module.css";

/** People who were stopped from growing, the values that caused it, and identifiers that join nobody. */
export function QuarantineList() {
  const { t } = useTranslation("identity");
  const format = useFormat();
  const address = useAddress();
  const found = useQuarantine(useProject().id);
  if (found.error) return <Failed error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <BoneRows rows={3} />;
  const { stopped, barred, barred_total } = found.data;
  return (
    <>
      <Section title={t("stopped")} note={t("stoppedNote")}>
        {stopped.length === 0 ? (
          <p className={styles.quiet}>{t("noStopped")}</p>
        ) : (
          stopped.map((person) => (
            <div key={person.id} className={styles.link}>
              <Link to={address(`/people/${encodeURIComponent(person.id)}`)}>
                <End actor={`${person.called.type}:${person.called.value}`} />
              </Link>{" "}
              <small className={styles.because}>
                {t("stoppedText", {
                  identifiers: format.exact(person.identifiers),
                  refused: format.exact(person.refused),
                })}
              </small>
              <div className={styles.hubs}>
                {person.hubs.map((hub) => {
                  const actor = `${hub.type}:${hub.value}`;
                  return (
                    <span key={actor} className={styles.hub}>
                      <End actor={actor} />
                      <small>{t("hub", { count: hub.named_with })}</small>
                      <Block identifier={actor} />
                    </span>
                  );
                })}
              </div>
            </div>
          ))
        )}
      </Section>
      <Section
        title={t("barred")}
        note={t("barredNote", { count: barred_total, shown: format.exact(barred_total) })}
      >
        {barred.length === 0 ? (
          <p className={styles.quiet}>{t("noBarred")}</p>
        ) : (
          <List
            label={t("barred")}
            head={
              <>
                <th>{t("type")}</th>
                <th>{t("said")}</th>
                <th data-right data-wide>
                  {t("pair")}
                </th>
                <th aria-hidden="true" />
              </>
            }
          >
            {barred.map((each) => (
              <tr key={`${each.type}:${each.value}`}>
                <td>
                  <End actor={`${each.type}:${each.value}`} />
                </td>
                <td>
                  <Mark>{t(`reasons.${each.reason}`)}</Mark>
                </td>
                <td data-right data-wide>
                  {t("hub", { count: each.named_with })}
                </td>
                <td data-right>
                  {each.reason === "blocked" && <Block identifier={`${each.type}:${each.value}`} unblock />}
                </td>
              </tr>
            ))}
          </List>
        )}
      </Section>
    </>
  );
}

function Block({ identifier, unblock = false }: { identifier: string; unblock?: boolean }) {
  const { t } = useTranslation("identity");
  const project = useProject();
  const format = useFormat();
  const { modal, message } = useNotify();
  const { block } = useIdentityChanges(project.id);
  if (project.role !== "owner") return null;
  const act = async () => {
    const done = await block.mutateAsync({ identifier, blocked: !unblock, why: "" });
    void message.success(
      t("outcome", {
        before: format.exact(done.people_before),
        after: format.exact(done.people),
        changed: format.exact(done.changed),
      }),
    );
  };
  return (
    <Button
      size="small"
      type="text"
      onClick={() =>
        unblock
          ? void act().catch((error: Error) => void message.error(error.message))
          : void modal.confirm({
              title: t("blockTitle", { value: identifier }),
              content: t("blockText"),
              okText: t("block"),
              okButtonProps: { danger: true },
              onOk: act,
            })
      }
    >
      {t(unblock ? "unblock" : "block")}
    </Button>
  );
}
