import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useProjectChanges, useSession } from "@/api";
import type { ProjectForm } from "@/api";
import { Failed, useProject } from "@/shell";
import { Button, CopyButton, Form, Modal, Section, useNotify } from "@/ui";
import { ProjectFields } from "./ProjectFields";
import styles from "./settings.module.css";

export function ProjectSettings() {
  const { t } = useTranslation(["settings", "common"]);
  const project = useProject();
  const session = useSession();
  const { message } = useNotify();
  const { change } = useProjectChanges(project.id);
  const [creating, setCreating] = useState(false);
  const admin = session.data?.user.admin ?? false;
  const mayChange = project.role === "owner" || admin;
  return (
    <>
      <p className={styles.lead}>{t("project.lead")}</p>
      <Form<ProjectForm>
        key={project.id}
        layout="vertical"
        requiredMark={false}
        className={styles.form}
        disabled={!mayChange}
        initialValues={project}
        onFinish={(form) =>
          change.mutate(form, { onSuccess: () => void message.success(t("project.saved")) })
        }
      >
        <ProjectFields />
        {change.error && <Failed error={change.error} />}
        {mayChange ? (
          <Button type="primary" htmlType="submit" loading={change.isPending}>
            {t("common:save")}
          </Button>
        ) : (
          <p className={styles.muted}>{t("project.readOnly")}</p>
        )}
      </Form>
      <Section title={t("project.id")}>
        <p style={{ paddingTop: 6 }}>
          <code>{project.id}</code>{" "}
          <CopyButton bare text={project.id} label={t("common:copy")} done={t("common:copied")} />
        </p>
      </Section>
      {admin && (
        <Section title={t("project.new")} note={t("project.newLead")}>
          <Button style={{ marginTop: 10 }} onClick={() => setCreating(true)}>
            {t("project.new")}
          </Button>
        </Section>
      )}
      {creating && <NewProject close={() => setCreating(false)} />}
    </>
  );
}

function NewProject({ close }: { close: () => void }) {
  const { t } = useTranslation("settings");
  const project = useProject();
  const { create } = useProjectChanges(project.id);
  const go = useNavigate();
  const [form] = Form.useForm<ProjectForm>();
  const { time_zone, currency, week_start, holidays } = project;
  return (
    <Modal
      open
      title={t("project.new")}
      onCancel={close}
      onOk={form.submit}
      okText={t("project.create")}
      confirmLoading={create.isPending}
      width={440}
    >
      <Form<ProjectForm>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: "", time_zone, currency, week_start, holidays }}
        onFinish={(values) =>
          create.mutate(values, {
            onSuccess: (made) => {
              close();
              void go(`/p/${encodeURIComponent(made.id)}/home`);
            },
          })
        }
      >
        <ProjectFields />
      </Form>
      {create.error && <Failed error={create.error} />}
    </Modal>
  );
}
