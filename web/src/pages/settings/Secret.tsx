import { useTranslation } from "react-i18next";
import { Code, Modal } from "@/ui";
import styles from "./settings.module.css";

/** A password or token that is told once. */
export function Secret({
  title,
  text,
  secret,
  close,
}: {
  title: string;
  text: string;
  secret: string;
  close: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Modal
      open
      title={title}
      onCancel={close}
      onOk={close}
      okText={t("close")}
      cancelButtonProps={{ style: { display: "none" } }}
      width={460}
    >
      <p className={styles.lead}>{text}</p>
      <Code copy={t("copy")} copied={t("copied")}>
        {secret}
      </Code>
    </Modal>
  );
}
