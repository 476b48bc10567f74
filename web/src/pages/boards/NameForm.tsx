import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Input, Modal } from "@/ui";

/** Asks for a name. */
export function NameForm({
  title,
  name,
  save,
  close,
}: {
  title: string;
  name: string;
  save: (name: string) => void;
  close: () => void;
}) {
  const { t } = useTranslation(["boards", "common"]);
  const [text, setText] = useState(name);
  const finish = () => text.trim() && save(text.trim());
  return (
    <Modal
      open
      title={title}
      onCancel={close}
      onOk={finish}
      okText={t("common:save")}
      okButtonProps={{ disabled: !text.trim() }}
      width={400}
    >
      <Input
        value={text}
        maxLength={200}
        aria-label={t("name")}
        ref={(input) => input?.focus({ cursor: "all" })}
        onChange={(event) => setText(event.target.value)}
        onPressEnter={finish}
      />
    </Modal>
  );
}
