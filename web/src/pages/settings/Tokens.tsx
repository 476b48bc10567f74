import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession, useTokenChanges, useTokens } from "@/api";
import type { TokenRow } from "@/api";
import { Failed, useFormat } from "@/shell";
import { BoneRows, Button, Empty, Icon, List, useNotify } from "@/ui";
import { Secret } from "./Secret";
import styles from "./settings.module.css";
import { strongest, TokenForm } from "./TokenForm";

export function Tokens() {
  const { t } = useTranslation("settings");
  const tokens = useTokens();
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const add = (
    <Button type="primary" icon={<Icon name="plus" size={14} />} onClick={() => setAdding(true)}>
      {t("tokens.add")}
    </Button>
  );
  return (
    <>
      <div className={styles.bar}>
        <p className={styles.lead}>{t("tokens.lead")}</p>
        {!!tokens.data?.length && add}
      </div>
      {tokens.error ? (
        <Failed error={tokens.error} retry={() => void tokens.refetch()} />
      ) : !tokens.data ? (
        <BoneRows rows={3} />
      ) : tokens.data.length === 0 ? (
        <Empty title={t("tokens.empty")} action={add}>
          {t("tokens.emptyText")}
        </Empty>
      ) : (
        <List
          label={t("tabs.tokens")}
          head={
            <>
              <th>{t("tokens.name")}</th>
              <th>{t("tokens.scope")}</th>
              <th data-wide>{t("tokens.project")}</th>
              <th data-wide data-right>
                {t("tokens.used")}
              </th>
              <th data-wide data-right>
                {t("tokens.expires")}
              </th>
              <th aria-hidden="true" />
            </>
          }
        >
          {tokens.data.map((token) => (
            <TokenLine key={token.id} token={token} />
          ))}
        </List>
      )}
      {adding && <TokenForm close={() => setAdding(false)} done={setMade} />}
      {made && (
        <Secret
          title={t("tokens.made")}
          text={t("tokens.madeText")}
          secret={made}
          close={() => setMade(null)}
        />
      )}
    </>
  );
}

function TokenLine({ token }: { token: TokenRow }) {
  const { t } = useTranslation("settings");
  const format = useFormat();
  const session = useSession();
  const { modal } = useNotify();
  const { remove } = useTokenChanges();
  const project = session.data?.projects.find((each) => each.id === token.project)?.name ?? token.project;
  const revoke = () =>
    void modal.confirm({
      title: t("tokens.sure", { name: token.name }),
      content: t("tokens.sureText"),
      okText: t("tokens.revoke"),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () => remove.mutate(token.id),
    });
  return (
    <tr>
      <td>{token.name}</td>
      <td>{t(`tokens.scopes.${strongest(token.scopes)}`)}</td>
      <td data-wide>{project ?? t("tokens.all")}</td>
      <td data-wide data-right>
        {token.last_used_at ? format.ago(token.last_used_at) : t("tokens.unused")}
      </td>
      <td data-wide data-right>
        {token.expires_at ? format.dayOf(token.expires_at) : t("tokens.never")}
      </td>
      <td data-right>
        <Button size="small" type="text" onClick={revoke}>
          {t("tokens.revoke")}
        </Button>
      </td>
    </tr>
  );
}
