import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useConsentAdd, useConsents, usePrivacy } from "@/api";
import type { ConsentForm, Consents as Said, PrivacyPolicy } from "@/api";
import { Failed, useFormat, useLanguage, useProject } from "@/shell";
import { BoneRows, Button, Field, Form, Input, Mark, Modal, Section, Segmented, Select } from "@/ui";
import { Pair } from "./Identity";
import styles from "./people.module.css";

type Now = Said["now"][number];

/** What this person agreed to and took back, and what may be done with it now. */
export function Consents({ id }: { id: string }) {
  const { t } = useTranslation("people");
  const project = useProject();
  const said = useConsents(project.id, id);
  const privacy = usePrivacy(project.id);
  const [adding, setAdding] = useState(false);
  const may = project.role !== "viewer";
  const policy = privacy.data?.policy;
  return (
    <Section
      title={t("consents.title")}
      extra={
        may &&
        policy && (
          <Button size="small" type="text" onClick={() => setAdding(true)}>
            {t("consents.add")}
          </Button>
        )
      }
    >
      {said.error ? (
        <Failed error={said.error} retry={() => void said.refetch()} />
      ) : !said.data || !policy ? (
        <BoneRows rows={3} />
      ) : (
        <>
          <dl className={styles.facts}>
            {policy.purposes.map((purpose) => (
              <Pair key={purpose.name} term={<Title of={purpose.title} />}>
                <States
                  states={said.data.now.filter((one) => one.purpose === purpose.name)}
                  policy={policy}
                />
              </Pair>
            ))}
          </dl>
          <Ledger said={said.data} policy={policy} />
        </>
      )}
      {adding && policy && <AddConsent id={id} policy={policy} close={() => setAdding(false)} />}
    </Section>
  );
}

function Title({ of }: { of: { en: string; zh: string } }) {
  return <>{useLanguage().startsWith("zh") ? of.zh : of.en}</>;
}

/** One word where all channels agree, else a word a channel. */
function States({ states, policy }: { states: Now[]; policy: PrivacyPolicy }) {
  const same = states.every((one) => one.allowed === states[0]?.allowed && one.reason === states[0].reason);
  const shown = same ? states.slice(0, 1) : states.filter((one) => one.channel !== "any");
  return (
    <span className={styles.states}>
      {shown.map((one) => (
        <State key={one.channel} state={one} policy={policy} named={!same} />
      ))}
    </span>
  );
}

function State({ state, policy, named }: { state: Now; policy: PrivacyPolicy; named: boolean }) {
  const { t } = useTranslation("people");
  const format = useFormat();
  const channel = policy.channels.find((one) => one.name === state.channel);
  const word = t(`consents.reasons.${state.reason}`);
  return (
    <span title={state.since ? t("since", { time: format.stamp(state.since) }) : undefined}>
      {named && channel && (
        <em className={styles.type}>
          <Title of={channel.title} />{" "}
        </em>
      )}
      {state.allowed ? word : <Mark tone="warn">{word}</Mark>}
    </span>
  );
}

function Ledger({ said, policy }: { said: Said; policy: PrivacyPolicy }) {
  const { t } = useTranslation("people");
  const format = useFormat();
  const zh = useLanguage().startsWith("zh");
  if (said.ledger.length === 0) return <p className={styles.end2}>{t("consents.none")}</p>;
  const titleOf = (name: string) => {
    const title = [...policy.purposes, ...policy.channels].find((one) => one.name === name)?.title;
    return name === "any" ? t("consents.any") : title ? (zh ? title.zh : title.en) : name;
  };
  return (
    <ul>
      {said.ledger.slice(0, 20).map((line) => (
        <li key={`${line.time} ${line.purpose} ${line.channel} ${line.state}`} className={styles.link}>
          {t(`consents.${line.state}`, { purpose: titleOf(line.purpose), channel: titleOf(line.channel) })}
          <small>
            {format.stamp(line.time)} · {line.source}
            {line.version && ` · ${line.version}`}
          </small>
          {line.evidence && <small>{line.evidence}</small>}
        </li>
      ))}
    </ul>
  );
}

function AddConsent({ id, policy, close }: { id: string; policy: PrivacyPolicy; close: () => void }) {
  const { t } = useTranslation("people");
  const project = useProject();
  const zh = useLanguage().startsWith("zh");
  const add = useConsentAdd(project.id, id);
  const [form] = Form.useForm<ConsentForm>();
  const options = (named: PrivacyPolicy["channels"]) =>
    named.map((one) => ({ value: one.name, label: zh ? one.title.zh : one.title.en }));
  return (
    <Modal
      open
      title={t("consents.add")}
      onCancel={close}
      onOk={form.submit}
      okText={t("consents.save")}
      confirmLoading={add.isPending}
      width={440}
    >
      <Form<ConsentForm>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ purpose: policy.purposes[0]?.name, channel: "any", state: "withdrawn" }}
        onFinish={(values) => add.mutate(values, { onSuccess: close })}
      >
        <Field name="state">
          <Segmented
            options={[
              { value: "withdrawn", label: t("consents.states.withdrawn") },
              { value: "granted", label: t("consents.states.granted") },
            ]}
          />
        </Field>
        <Field name="purpose" label={t("consents.purpose")}>
          <Select options={options(policy.purposes)} />
        </Field>
        <Field name="channel" label={t("consents.channel")}>
          <Select options={[{ value: "any", label: t("consents.any") }, ...options(policy.channels)]} />
        </Field>
        <Field name="evidence" label={t("consents.evidence")} extra={t("consents.evidenceHint")}>
          <Input maxLength={2000} />
        </Field>
      </Form>
      {add.error && <Failed error={add.error} />}
    </Modal>
  );
}
