import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useIdentityChanges, useIdentityPreview } from "@/api";
import type { ChangedPerson, Decision, IdentityPreview } from "@/api";
import { Failed, useFormat, useLater, useNames, useProject } from "@/shell";
import { BoneRows, Field, Form, Input, Mark, Modal, useNotify } from "@/ui";
import { End } from "./End";
import styles from "./identity.module.css";

const WRITTEN = /^[^:\s]+:.+$/;

/** Links, parts or splits by hand: shows who would become who, asks for the reason, then does it. */
export function Decide({ decision, title, close }: { decision: Decision; title: string; close: () => void }) {
  const { t } = useTranslation("identity");
  const project = useProject().id;
  const { message } = useNotify();
  const { decide } = useIdentityChanges(project);
  const [other, setOther] = useState(decision.b ?? "");
  const [why, setWhy] = useState("");
  const b = useLater(other.trim());
  const asks = decision.act === "link" && decision.b === undefined;
  const whole: Decision = decision.act === "split" ? decision : { ...decision, b };
  const ready = decision.act === "split" || WRITTEN.test(b);
  const preview = useIdentityPreview(project, whole, ready);
  const finish = () =>
    decide.mutate(
      { ...whole, why: why.trim() },
      {
        onSuccess: () => {
          void message.success(t("done"));
          close();
        },
      },
    );
  return (
    <Modal
      open
      title={title}
      onCancel={close}
      onOk={finish}
      okText={t(`do.${decision.act}`)}
      okButtonProps={{ disabled: !preview.data, danger: decision.act !== "link" }}
      confirmLoading={decide.isPending}
      width={640}
    >
      <Form layout="vertical" requiredMark={false}>
        {asks && (
          <Field label={t("other")} htmlFor="identity-other" extra={t("otherHint")}>
            <Input
              id="identity-other"
              value={other}
              autoFocus
              autoComplete="off"
              onChange={(event) => setOther(event.target.value)}
            />
          </Field>
        )}
        {ready &&
          (preview.error ? (
            <Failed error={preview.error} />
          ) : preview.data ? (
            <Consequences preview={preview.data} />
          ) : (
            <BoneRows rows={4} />
          ))}
        <Field label={t("why")} htmlFor="identity-why" extra={t("whyHint")}>
          <Input
            id="identity-why"
            value={why}
            maxLength={500}
            onChange={(event) => setWhy(event.target.value)}
          />
        </Field>
      </Form>
      {decide.error && <Failed error={decide.error} />}
    </Modal>
  );
}

function Consequences({ preview }: { preview: IdentityPreview }) {
  const { t } = useTranslation("identity");
  const names = useNames();
  const { outcome, segments } = preview;
  if (outcome.before_count === 0) return <p className={styles.quiet}>{t("nothing")}</p>;
  return (
    <div className={styles.consequences}>
      <div className={styles.sides}>
        <Side title={t("before")} persons={outcome.before} />
        <Side title={t("after")} persons={outcome.after} />
      </div>
      {outcome.limits.map((limit) => (
        <p key={limit.type}>
          <Mark tone="warn">
            {t("limit", {
              type: limit.type === "$" ? t("allTypes") : names.identifier(limit.type),
              most: limit.most,
              would: limit.would_be,
            })}
          </Mark>
        </p>
      ))}
      {segments.length === 0 ? (
        <p className={styles.quiet}>{t("segmentsSame")}</p>
      ) : (
        segments.map((one) => (
          <p key={one.id}>{t("segmentChange", { name: one.name, before: one.before, after: one.after })}</p>
        ))
      )}
    </div>
  );
}

function Side({ title, persons }: { title: string; persons: ChangedPerson[] }) {
  const { t } = useTranslation("identity");
  const format = useFormat();
  return (
    <section className={styles.side} aria-label={title}>
      <h3>{title}</h3>
      {persons.map((person) => (
        <div key={person.id} className={styles.card}>
          {person.identifiers.slice(0, 6).map((each) => (
            <End key={`${each.type}:${each.value}`} actor={`${each.type}:${each.value}`} />
          ))}
          {person.identifier_count > 6 && (
            <small>{t("identifiers", { count: person.identifier_count })}</small>
          )}
          <small>
            {t("events", { count: person.events, shown: format.exact(person.events) })}
            {" · "}
            {t("orders", { count: person.orders, shown: format.exact(person.orders) })}
            {" · "}
            {format.money(person.revenue)}
          </small>
        </div>
      ))}
    </section>
  );
}
