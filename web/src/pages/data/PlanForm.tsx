import { useTranslation } from "react-i18next";
import { usePlan, usePlanChanges, usePlanDraft } from "@/api";
import type { PlanEvent } from "@/api";
import { Failed, useNames, useProject } from "@/shell";
import { Button, Field, Form, Input, Section, Select } from "@/ui";

type Definition = PlanEvent["definition"];
interface Values {
  status: NonNullable<Definition["status"]>;
  owner: string;
  required: string[];
  optional: string[];
  who: string[];
  why: string;
}

/** Changes what the plan says of an event; for one that is not planned yet, plans it as it arrives. */
export function PlanForm({ name, part }: { name: string; part: PlanEvent | undefined }) {
  const { t } = useTranslation(["data", "common"]);
  const names = useNames();
  const project = useProject().id;
  const plan = usePlan(project);
  const draft = usePlanDraft(project);
  const { apply, save } = usePlanChanges(project);
  const [form] = Form.useForm<Values>();
  if (!part) {
    const adopt = () =>
      draft.mutate("arrived", {
        onSuccess: ({ events, properties, item_properties, person_properties }) => {
          const own = events[name];
          if (own) {
            const parts = { events: { [name]: own }, properties, item_properties, person_properties };
            apply.mutate({ ...parts, why: "" });
          }
        },
      });
    const error = draft.error ?? apply.error;
    return (
      <Section title={t("plan.planIt")}>
        <p>{t("plan.planItText")}</p>
        <Button type="primary" loading={draft.isPending || apply.isPending} onClick={adopt}>
          {t("plan.planIt")}
        </Button>
        {error && <Failed error={error} />}
      </Section>
    );
  }
  const declared = (plan.data?.properties ?? [])
    .filter((one) => one.kind === "property")
    .map((one) => ({
      value: one.name,
      label: names.property(one.name) === one.name ? one.name : `${names.property(one.name)} ${one.name}`,
    }));
  const was = part.definition;
  const finish = ({ why, ...values }: Values) =>
    save.mutate({
      kind: "event",
      name,
      definition: {
        ...was,
        ...values,
        optional: values.optional.filter((one) => !values.required.includes(one)),
        instead: values.status === "deprecated" ? was.instead : null,
      },
      why,
    });
  return (
    <Section title={t("plan.change")}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{
          status: was.status ?? "live",
          owner: was.owner ?? "",
          required: was.required ?? [],
          optional: was.optional ?? [],
          who: was.who ?? [],
          why: "",
        }}
        onFinish={finish}
      >
        <Field name="status" label={t("plan.status")}>
          <Select
            options={(["planned", "live", "deprecated"] as const).map((value) => ({
              value,
              label: t(`plan.statuses.${value}`),
            }))}
          />
        </Field>
        <Field name="owner" label={t("plan.owner")}>
          <Input maxLength={200} />
        </Field>
        <Field name="required" label={t("plan.required")}>
          <Select mode="multiple" options={declared} />
        </Field>
        <Field name="optional" label={t("plan.optional")}>
          <Select mode="multiple" options={declared} />
        </Field>
        <Field name="who" label={t("plan.whoLabel")} extra={t("plan.whoHint")}>
          <Select mode="tags" />
        </Field>
        <Field name="why" label={t("plan.why")}>
          <Input maxLength={500} />
        </Field>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t("common:save")}
        </Button>
      </Form>
      {save.error && <Failed error={save.error} />}
    </Section>
  );
}
