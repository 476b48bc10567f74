import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useSegmentChanges } from "@/api";
import type { Opens, Segment } from "@/api";
import { Button, Field, Form, Input, Modal, Radio, useNotify } from "@/ui";
import { Failed } from "./Failed";
import { useFormat } from "./format";
import styles from "./people-drawer.module.css";
import { useAddress, useProject } from "./place";

/** Keeps the people behind a figure under a name. */
export function SaveSegment({
  opens,
  title,
  total,
  close,
  leave,
}: {
  opens: Opens;
  title: string;
  total: number;
  close: () => void;
  /** Closes the drawer behind it. */
  leave: () => void;
}) {
  const { t } = useTranslation(["shell", "common"]);
  const { exact } = useFormat();
  const { message } = useNotify();
  const address = useAddress();
  const go = useNavigate();
  const { save } = useSegmentChanges(useProject().id);
  const [name, setName] = useState(title.slice(0, 200));
  const [kind, setKind] = useState<Segment["kind"]>("rule");
  const look = () => {
    leave();
    void go(address("/segments"));
  };
  const finish = () => {
    if (!name.trim() || save.isPending) return;
    save.mutate(
      { name: name.trim(), kind, answer: opens },
      {
        onSuccess: (made) => {
          void message.success(
            <>
              {t("segment.saved", { name: made.name })}{" "}
              <Button type="link" size="small" onClick={look}>
                {t("segment.look")}
              </Button>
            </>,
          );
          close();
        },
      },
    );
  };
  const choices = [
    { value: "rule", label: t("segment.rule"), note: t("segment.ruleNote") },
    {
      value: "list",
      label: t("segment.list"),
      note: t("segment.listNote", { count: total, shown: exact(total) }),
    },
  ] as const;
  return (
    <Modal
      open
      title={t("segment.title")}
      onCancel={close}
      onOk={finish}
      okText={t("common:save")}
      okButtonProps={{ disabled: !name.trim() }}
      confirmLoading={save.isPending}
      width={440}
    >
      <Form layout="vertical" requiredMark={false}>
        <Field label={t("segment.name")} htmlFor="segment-name">
          <Input
            id="segment-name"
            value={name}
            maxLength={200}
            ref={(input) => input?.focus({ cursor: "all" })}
            onChange={(event) => setName(event.target.value)}
            onPressEnter={finish}
          />
        </Field>
      </Form>
      <Radio.Group
        value={kind}
        aria-label={t("segment.kind")}
        onChange={({ target }) => setKind(target.value as Segment["kind"])}
        className={styles.kinds ?? ""}
        options={choices.map(({ value, label, note }) => ({
          value,
          label: (
            <>
              {label}
              <small>{note}</small>
            </>
          ),
        }))}
      />
      {save.error && <Failed error={save.error} />}
    </Modal>
  );
}
