import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useClicked, usePickChanges, usePicks, useTried } from "@/api";
import type { PickedEvent } from "@/api";
import type { Params } from "@/api/questions";
import { writeQuestion } from "@/pages/analyse/address";
import { Failed, useAddress, useFormat, useMayEdit, useNames, useProject } from "@/shell";
import { Bone, BoneRows, Button, Empty, Icon, List, Menu, Page, Section, Sparkline, useNotify } from "@/ui";
import styles from "./data.module.css";
import { PickForm } from "./PickForm";
import { PickOnPage } from "./PickOnPage";
import { pointedAt } from "./picking";
import type { Pointed } from "./picking";

/** Events that people define by pointing at what was clicked. */
export function Picks() {
  const { t } = useTranslation("data");
  const picks = usePicks(useProject().id);
  const mayEdit = useMayEdit();
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const [edited, setEdited] = useState<PickedEvent | null>(null);
  const close = () => {
    setPointed(null);
    setEdited(null);
  };
  return (
    <Page title={t("picks.title")} lead={t("picks.lead")}>
      {mayEdit && <PickOnPage picked={setPointed} />}
      {picks.error ? (
        <Failed error={picks.error} retry={() => void picks.refetch()} />
      ) : !picks.data ? (
        <BoneRows rows={3} />
      ) : (
        picks.data.length > 0 && (
          <Section title={t("picks.own")}>
            <List
              label={t("picks.own")}
              head={
                <>
                  <th>{t("picks.name")}</th>
                  <th data-right>{t("picks.lately")}</th>
                  <th data-right>{t("picks.people")}</th>
                  <th data-wide>{t("picks.means")}</th>
                  <th aria-hidden="true" />
                </>
              }
            >
              {picks.data.map((pick) => (
                <Row key={pick.name} pick={pick} edit={() => setEdited(pick)} />
              ))}
            </List>
          </Section>
        )
      )}
      <Clicked define={mayEdit ? setPointed : null} />
      {(pointed || edited) && (
        <PickForm pointed={pointed} pick={edited} taken={picks.data ?? []} close={close} />
      )}
    </Page>
  );
}

function Row({ pick, edit }: { pick: PickedEvent; edit: () => void }) {
  const { t } = useTranslation(["data", "common"]);
  const project = useProject().id;
  const format = useFormat();
  const names = useNames();
  const mayEdit = useMayEdit();
  const address = useAddress();
  const go = useNavigate();
  const { message, modal } = useNotify();
  const tried = useTried(project, pick.definition);
  const { remove } = usePickChanges(project);
  const title = format.say(pick.definition.title);
  const trend = () => {
    const question: Params<"trends"> = { series: [{ step: { any_of: [{ event: pick.name }] } }] };
    void go(address("/analyse/trends", writeQuestion(question, null)));
  };
  const ask = () =>
    void modal.confirm({
      title: t("picks.sure", { name: title }),
      content: t("picks.sureText"),
      okText: t("picks.remove"),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () => remove.mutateAsync(pick.name).catch((error: Error) => void message.error(error.message)),
    });
  const means = pick.definition.any_of.map((rule) =>
    [
      names.event(rule.event ?? "click"),
      ...(rule.where ?? []).map((one) =>
        [
          names.property(one.property),
          t(`picks.op.${one.op ?? "is"}`),
          Array.isArray(one.value) ? one.value.join(" / ") : one.value,
        ].join(" "),
      ),
    ].join(" · "),
  );
  return (
    <tr>
      <td>
        <button type="button" className={styles.link} onClick={trend}>
          {title} <code>{pick.name}</code>
        </button>
      </td>
      <td data-right>
        {tried.data ? (
          <>
            <Sparkline values={tried.data.daily} width={64} height={18} label={t("picks.lately")} />{" "}
            {format.exact(tried.data.events)}
          </>
        ) : tried.error ? (
          "–"
        ) : (
          <Bone w={64} />
        )}
      </td>
      <td data-right>{tried.data ? format.exact(tried.data.people) : "–"}</td>
      <td data-wide className={styles.muted}>
        {means.map((each) => (
          <div key={each} className={styles.meaning} title={each}>
            {each}
          </div>
        ))}
      </td>
      <td data-right>
        <Menu
          trigger={["click"]}
          placement="bottomRight"
          menu={{
            items: [
              { key: "trend", label: t("dictionary.analyse") },
              ...(mayEdit
                ? [
                    { key: "edit", label: t("picks.edit") },
                    { type: "divider" as const },
                    { key: "remove", label: t("picks.remove"), danger: true },
                  ]
                : []),
            ],
            onClick: ({ key }) => (key === "edit" ? edit() : key === "remove" ? ask() : trend()),
          }}
        >
          <Button
            type="text"
            size="small"
            icon={<Icon name="more" />}
            aria-label={t("picks.actions", { name: title })}
          />
        </Menu>
      </td>
    </tr>
  );
}

function Clicked({ define }: { define: ((pointed: Pointed) => void) | null }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const clicked = useClicked(useProject().id);
  const [all, setAll] = useState(false);
  const shown = (clicked.data ?? []).slice(0, all ? undefined : 20);
  return (
    <Section title={t("picks.clicked")} note={t("picks.clickedNote")}>
      {clicked.error ? (
        <Failed error={clicked.error} retry={() => void clicked.refetch()} />
      ) : !clicked.data ? (
        <BoneRows rows={6} />
      ) : clicked.data.length === 0 ? (
        <Empty title={t("picks.nothing")}>{t("picks.nothingText")}</Empty>
      ) : (
        <>
          <List
            label={t("picks.clicked")}
            head={
              <>
                <th>{t("picks.element")}</th>
                <th data-wide>{t("picks.page")}</th>
                <th data-right>{t("picks.clicks")}</th>
                <th aria-hidden="true" />
              </>
            }
          >
            {shown.map((row) => (
              <tr key={`${row.page} ${row.element} ${row.element_text} ${row.element_kind}`}>
                <td>
                  <div className={styles.element}>
                    {row.element_text ?? <span className={styles.muted}>{t("picks.noText")}</span>}
                    <code>{row.element}</code>
                  </div>
                </td>
                <td data-wide className={styles.muted}>
                  {row.page ?? "–"}
                </td>
                <td data-right>{format.exact(row.count)}</td>
                <td data-right>
                  {define && (
                    <Button size="small" onClick={() => define(pointedAt(row))}>
                      {t("picks.define")}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </List>
          {clicked.data.length > shown.length && (
            <Button type="link" onClick={() => setAll(true)}>
              {t("picks.all", { count: clicked.data.length })}
            </Button>
          )}
        </>
      )}
    </Section>
  );
}
