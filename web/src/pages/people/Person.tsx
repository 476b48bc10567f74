import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { usePerson } from "@/api";
import type { Person as PersonData } from "@/api";
import { Failed, useAddress, useFormat, useProject } from "@/shell";
import { Bone, BoneRows, Button, copyText, Figure, Icon, Page, useNotify } from "@/ui";
import { AsOfNote, AsOfPicker, useAsOf } from "./AsOf";
import { Consents } from "./Consents";
import { Identity } from "./Identity";
import styles from "./people.module.css";
import { PersonActions } from "./PersonActions";
import { Properties } from "./Properties";
import { Timeline } from "./Timeline";

export function Person() {
  const { t } = useTranslation(["people", "common"]);
  const { id = "" } = useParams();
  const project = useProject();
  const address = useAddress();
  const { message } = useNotify();
  const [asOf] = useAsOf();
  const person = usePerson(project.id, id, asOf);
  const copy = () => void copyText(id).then(() => message.success(t("common:copied")));
  return (
    <Page
      tabTitle={person.data?.name ?? t("anonymous")}
      title={
        <>
          <Link to={address("/people")} className={styles.back}>
            <Icon name="left" size={12} />
            {t("back")}
          </Link>
          <br />
          {person.data ? titleOf(person.data, t("anonymous")) : person.error ? id : <Bone w={140} h={20} />}
        </>
      }
      actions={
        <>
          <AsOfPicker />
          {!person.error && (
            <Button icon={<Icon name="copy" size={14} />} onClick={copy}>
              {t("copyId")}
            </Button>
          )}
          {person.data && <PersonActions id={id} name={titleOf(person.data, t("anonymous"))} />}
        </>
      }
    >
      {person.error ? (
        <Failed error={person.error} retry={() => void person.refetch()} />
      ) : (
        <>
          <AsOfNote />
          <KeyFigures person={person.data} />
          <div className={styles.columns}>
            <Timeline id={id} asOf={asOf} />
            <div>
              {person.data ? (
                <>
                  <Identity person={person.data} asOf={asOf} />
                  <Properties person={person.data} />
                  <Consents id={id} />
                </>
              ) : (
                <BoneRows rows={8} />
              )}
            </div>
          </div>
        </>
      )}
    </Page>
  );
}

function titleOf(person: PersonData, anonymous: string): string {
  return person.name ?? `${anonymous} ${person.identifiers[0]?.value ?? person.id}`;
}

function KeyFigures({ person }: { person: PersonData | undefined }) {
  const { t } = useTranslation("people");
  const format = useFormat();
  if (!person) {
    return (
      <div className={styles.figures}>
        {[0, 1, 2, 3, 4].map((index) => (
          <span key={index}>
            <Bone w={48} h={10} />
            <Bone w={88} h={24} style={{ marginTop: 8 }} />
          </span>
        ))}
      </div>
    );
  }
  return (
    <div className={styles.figures}>
      <Figure label={t("figures.spent")} value={format.money(person.revenue)} />
      <Figure label={t("figures.orders")} value={format.exact(person.orders)} />
      <Figure label={t("figures.events")} value={format.exact(person.events)} />
      <Figure label={t("figures.first")} value={person.first_seen ? format.dayOf(person.first_seen) : "–"} />
      <Figure label={t("figures.last")} value={format.ago(person.last_seen)} />
    </div>
  );
}
