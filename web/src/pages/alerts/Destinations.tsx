import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDestinationChanges, useDestinations } from "@/api";
import type { Destination } from "@/api";
import { Failed, useMayEdit, useProject } from "@/shell";
import { BoneRows, Button, Icon, List, Menu, Section, useNotify } from "@/ui";
import styles from "./alerts.module.css";
import { DestinationForm, wayOf } from "./DestinationForm";

/** Where messages go: group robots, webhooks, mail. */
export function Destinations() {
  const { t } = useTranslation("alerts");
  const found = useDestinations(useProject().id);
  const mayEdit = useMayEdit();
  const [adding, setAdding] = useState(false);
  const all = found.data?.destinations ?? [];
  return (
    <Section
      className={styles.part}
      title={t("destinations")}
      note={t("destinationsNote")}
      extra={
        mayEdit && (
          <Button size="small" icon={<Icon name="plus" size={14} />} onClick={() => setAdding(true)}>
            {t("addDestination")}
          </Button>
        )
      }
    >
      {found.error ? (
        <Failed error={found.error} retry={() => void found.refetch()} />
      ) : !found.data ? (
        <BoneRows rows={2} />
      ) : all.length === 0 ? (
        <p className={styles.quiet}>{t("noDestinations")}</p>
      ) : (
        <List
          label={t("destinations")}
          head={
            <>
              <th>{t("destination")}</th>
              <th>{t("channel")}</th>
              <th data-wide>{t("leadsTo")}</th>
              <th data-wide>{t("language")}</th>
              <th data-wide>{t("used")}</th>
              <th aria-hidden="true" />
            </>
          }
        >
          {all.map((one) => (
            <Row key={one.name} destination={one} mayEdit={mayEdit} />
          ))}
        </List>
      )}
      {adding && <DestinationForm close={() => setAdding(false)} />}
    </Section>
  );
}

function Row({ destination, mayEdit }: { destination: Destination; mayEdit: boolean }) {
  const { t } = useTranslation("alerts");
  const { message, modal } = useNotify();
  const { remove, test } = useDestinationChanges(useProject().id);
  const [editing, setEditing] = useState(false);
  const { name } = destination;
  const failed = (error: Error) => void message.error(error.message);
  const greet = () =>
    test.mutate(name, {
      onError: failed,
      onSuccess: ({ sent, error }) =>
        void (sent ? message.success(t("greeted", { name })) : message.error(t("greetFailed", { error }))),
    });
  const ask = () =>
    void modal.confirm({
      title: t("sure", { name }),
      okText: t("remove"),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () => remove.mutateAsync(name).catch(failed),
    });
  return (
    <tr>
      <td>
        <code>{name}</code>
      </td>
      <td>{t(`channels.${wayOf(destination)}`)}</td>
      <td data-wide>{destination.place}</td>
      <td data-wide>{t(`languages.${destination.language}`)}</td>
      <td data-wide>{destination.used.join(" · ") || "–"}</td>
      <td data-right>
        {mayEdit && (
          <Menu
            trigger={["click"]}
            placement="bottomRight"
            menu={{
              items: [
                { key: "test", label: t("greet") },
                { key: "edit", label: t("editDestination") },
                { type: "divider" },
                { key: "remove", label: t("remove"), danger: true, disabled: destination.used.length > 0 },
              ],
              onClick: ({ key }) => (key === "test" ? greet() : key === "edit" ? setEditing(true) : ask()),
            }}
          >
            <Button
              type="text"
              size="small"
              icon={<Icon name="more" />}
              aria-label={t("actions", { name })}
            />
          </Menu>
        )}
        {editing && <DestinationForm destination={destination} close={() => setEditing(false)} />}
      </td>
    </tr>
  );
}
