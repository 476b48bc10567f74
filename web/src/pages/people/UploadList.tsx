import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSegmentChanges } from "@/api";
import { Failed, useFormat, useIdentifierTypes, useProject } from "@/shell";
import { Field, FileDrop, Form, Input, Modal, Select, useNotify } from "@/ui";

const LARGEST = 8 * 1024 * 1024;

/** A file of identifiers becomes a segment. */
export function UploadList({ close }: { close: () => void }) {
  const { t } = useTranslation(["people", "common"]);
  const format = useFormat();
  const types = useIdentifierTypes();
  const { message } = useNotify();
  const { save } = useSegmentChanges(useProject().id);
  const [name, setName] = useState("");
  const [type, setType] = useState("");
  const [file, setFile] = useState<{ name: string; lines: string[] } | null>(null);
  const [tooMany, setTooMany] = useState(false);
  const read = async (chosen: File) => {
    setTooMany(chosen.size > LARGEST);
    if (chosen.size > LARGEST) return;
    const lines = (await chosen.text()).split(/\r?\n/).filter((line) => line.trim());
    setFile({ name: chosen.name, lines });
    setName((before) => before || chosen.name.replace(/\.\w+$/, ""));
  };
  const ready = file !== null && name.trim() !== "";
  const finish = () => {
    if (!ready || save.isPending) return;
    save.mutate(
      { name: name.trim(), kind: "list", identifiers: file.lines, identifier_type: type || null },
      {
        onSuccess: (made) => {
          const left = made.left_out;
          const said = [
            t("segments.uploaded", { count: made.count, shown: format.exact(made.count) }),
            left > 0 ? t("segments.leftOut", { count: left, shown: format.exact(left) }) : "",
          ];
          void message.success(said.filter(Boolean).join(" "));
          close();
        },
      },
    );
  };
  return (
    <Modal
      open
      title={t("segments.upload")}
      onCancel={close}
      onOk={finish}
      okText={t("segments.save")}
      okButtonProps={{ disabled: !ready }}
      confirmLoading={save.isPending}
      width={480}
    >
      <Form layout="vertical" requiredMark={false}>
        <Field>
          <FileDrop
            accept=".txt,.csv,text/plain,text/csv"
            showUploadList={false}
            beforeUpload={(chosen) => {
              void read(chosen);
              return false;
            }}
          >
            <p>
              {file
                ? t("segments.lines", {
                    count: file.lines.length,
                    shown: format.exact(file.lines.length),
                    file: file.name,
                  })
                : t("segments.drop")}
            </p>
            <small>{tooMany ? t("segments.tooMany") : t("segments.dropNote")}</small>
          </FileDrop>
        </Field>
        <Field label={t("segments.type")} htmlFor="list-type">
          <Select
            id="list-type"
            value={type}
            onChange={(next: string) => setType(next)}
            options={[{ value: "", label: t("segments.typeSaid") }, ...types]}
          />
        </Field>
        <Field label={t("segments.called")} htmlFor="list-name">
          <Input
            id="list-name"
            value={name}
            maxLength={200}
            onChange={(event) => setName(event.target.value)}
            onPressEnter={finish}
          />
        </Field>
      </Form>
      {save.error && <Failed error={save.error} />}
    </Modal>
  );
}
