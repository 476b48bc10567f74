import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAcceptAllPreview, useSuggestionChanges } from "@/api";
import { Failed, useFormat, useProject } from "@/shell";
import { BoneRows, Field, Form, Input, Modal, Segmented, useNotify } from "@/ui";

const LEAST = [0.9, 0.95, 0.99, 0.999] as const;

/** Accepts every open suggestion from a probability on, after saying how many people that changes. */
export function AcceptAll({ close }: { close: () => void }) {
  const { t } = useTranslation("identity");
  const project = useProject().id;
  const format = useFormat();
  const { message } = useNotify();
  const [least, setLeast] = useState<number>(0.99);
  const [why, setWhy] = useState("");
  const preview = useAcceptAllPreview(project, least);
  const { acceptAll } = useSuggestionChanges(project);
  const found = preview.data;
  const finish = () =>
    acceptAll.mutate(
      { least, why: why.trim() },
      {
        onSuccess: (done) => {
          void message.success(t("suggest.allDone", { linked: format.exact(done.linked) }));
          close();
        },
      },
    );
  const count = found?.linked ?? 0;
  return (
    <Modal
      open
      title={t("suggest.allTitle")}
      onCancel={close}
      onOk={finish}
      okText={t("suggest.allDo", { count, shown: format.exact(count) })}
      okButtonProps={{ disabled: count === 0 }}
      confirmLoading={acceptAll.isPending}
    >
      <Form layout="vertical" requiredMark={false}>
        <Field label={t("suggest.allLeast")}>
          <Segmented
            aria-label={t("suggest.allLeast")}
            value={least}
            onChange={(value) => setLeast(value)}
            options={LEAST.map((value) => ({ value, label: format.percent(value, value > 0.99 ? 1 : 0) }))}
          />
        </Field>
        {preview.error ? (
          <Failed error={preview.error} />
        ) : !found ? (
          <BoneRows rows={2} />
        ) : (
          <div role="status">
            <p>
              {t("suggest.allText", {
                linked: format.exact(found.linked),
                before: format.exact(found.outcome.before_count),
                after: format.exact(found.outcome.after_count),
              })}
            </p>
            {found.over_limit > 0 && (
              <p>
                {t("suggest.allLimit", { count: found.over_limit, shown: format.exact(found.over_limit) })}
              </p>
            )}
            {found.kept_apart > 0 && (
              <p>
                {t("suggest.allApart", { count: found.kept_apart, shown: format.exact(found.kept_apart) })}
              </p>
            )}
          </div>
        )}
        <Field label={t("why")} htmlFor="suggest-why" extra={t("whyHint")}>
          <Input
            id="suggest-why"
            value={why}
            maxLength={400}
            onChange={(event) => setWhy(event.target.value)}
          />
        </Field>
      </Form>
      {acceptAll.error && <Failed error={acceptAll.error} />}
    </Modal>
  );
}
