import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWhy } from "@/api";
import { Failed, useLater, useProject } from "@/shell";
import { BoneRows, Field, Form, Input, Modal } from "@/ui";
import { Hands } from "./Hands";
import styles from "./identity.module.css";
import { LinkDrawing } from "./LinkDrawing";
import { LinkLine } from "./LinkLine";

/** Whether an identifier and another one are one person: the path of links, or what keeps them apart. */
export function AskWhy({
  a,
  b,
  asOf,
  close,
}: {
  a: string;
  b?: string;
  asOf: string | null;
  close: () => void;
}) {
  const { t } = useTranslation("identity");
  const [text, setText] = useState(b ?? "");
  const other = useLater(text.trim());
  const found = useWhy(useProject().id, a, other.includes(":") ? other : "", asOf);
  const links = found.data ? (found.data.one_person ? found.data.path : found.data.against) : [];
  return (
    <Modal open title={t("askTitle", { a })} onCancel={close} footer={null} width={560}>
      <Form layout="vertical" requiredMark={false}>
        <Field label={t("other")} htmlFor="why-other" extra={t("otherHint")}>
          <Input
            id="why-other"
            value={text}
            autoFocus
            autoComplete="off"
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
      </Form>
      {found.error ? (
        <Failed error={found.error} />
      ) : found.data ? (
        <>
          <p>{t(found.data.one_person ? "one" : links.length ? "two" : "twoNone")}</p>
          <LinkDrawing links={links} start={a} end={other} />
          <ul>
            {links.map((link) => (
              <LinkLine key={`${link.a} ${link.b} ${link.time} ${link.rule}`} link={link} />
            ))}
          </ul>
          {found.data.hands.length > 0 && (
            <>
              <h3>{t("handed")}</h3>
              <Hands hands={found.data.hands} />
            </>
          )}
        </>
      ) : (
        found.isFetching && <BoneRows rows={3} />
      )}
      <div className={styles.foot} />
    </Modal>
  );
}
