import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDestinationChanges, useDestinations } from "@/api";
import type { Destination } from "@/api";
import { Failed, useFormat, useProject } from "@/shell";
import { Field, Form, Input, Modal, PasswordInput, Segmented, Select, TextArea, useNotify } from "@/ui";

const WAYS = ["wecom", "feishu", "dingtalk", "webhook", "mail"] as const;
export type Way = (typeof WAYS)[number];

/** How a destination is reached, in people's terms: each group robot is one of its own. */
export function wayOf({ channel, target }: Pick<Destination, "channel" | "target">): Way {
  if (channel === "mail") return "mail";
  const format = target["format"];
  return format === "wecom" || format === "feishu" || format === "dingtalk" ? format : "webhook";
}

/** Names a place that messages go to. */
export function DestinationForm({
  destination,
  close,
  done,
}: {
  destination?: Destination;
  close: () => void;
  done?: (name: string) => void;
}) {
  const { t } = useTranslation(["alerts", "common"]);
  const { message } = useNotify();
  const project = useProject().id;
  const { language: spoken } = useFormat();
  const mail = useDestinations(project).data?.channels.find((one) => one.name === "mail");
  const { save } = useDestinationChanges(project);
  const [name, setName] = useState(destination?.name ?? "");
  const [way, setWay] = useState<Way>(destination ? wayOf(destination) : "wecom");
  const [language, setLanguage] = useState<"en" | "zh">(
    destination?.language ?? (spoken === "en" ? "en" : "zh"),
  );
  const [url, setUrl] = useState("");
  const [secret, setSecret] = useState("");
  const [addresses, setAddresses] = useState(
    ((destination?.target["addresses"] as string[] | undefined) ?? []).join("\n"),
  );
  const kept = destination?.secrets ?? [];
  const named = /^[a-z][a-z0-9_-]{0,63}$/.test(name);
  const list = addresses.split(/[\s,;，；]+/).filter(Boolean);
  const ready = named && (way === "mail" ? list.length > 0 : url.trim() || kept.includes("url"));
  const format = way === "webhook" || way === "mail" ? "json" : way;
  const finish = () => {
    if (!ready || save.isPending) return;
    const target =
      way === "mail" ? { addresses: list } : { url: url.trim() || null, secret: secret || null, format };
    save.mutate(
      { name, channel: way === "mail" ? "mail" : "webhook", target, language },
      {
        onSuccess: () => {
          void message.success(t("destinationSaved", { name }));
          done?.(name);
          close();
        },
      },
    );
  };
  return (
    <Modal
      open
      title={destination ? destination.name : t("addDestination")}
      onCancel={close}
      onOk={finish}
      okText={t("common:save")}
      okButtonProps={{ disabled: !ready }}
      confirmLoading={save.isPending}
      width={480}
    >
      <Form layout="vertical" requiredMark={false}>
        {!destination && (
          <Field label={t("destinationName")} htmlFor="destination-name" extra={t("destinationNote")}>
            <Input
              id="destination-name"
              value={name}
              maxLength={64}
              status={name && !named ? "error" : ""}
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
        )}
        <Field label={t("channel")} htmlFor="destination-way">
          <Select
            id="destination-way"
            value={way}
            onChange={(next: Way) => setWay(next)}
            options={WAYS.map((value) => ({ value, label: t(`channels.${value}`) }))}
          />
        </Field>
        {way === "mail" ? (
          <Field
            label={t("addresses")}
            htmlFor="destination-addresses"
            extra={mail && !mail.ready ? t("mailOff") : t("addressesNote")}
          >
            <TextArea
              id="destination-addresses"
              rows={3}
              value={addresses}
              onChange={(event) => setAddresses(event.target.value)}
            />
          </Field>
        ) : (
          <>
            <Field
              label={t("url")}
              htmlFor="destination-url"
              extra={kept.includes("url") ? t("urlKept") : undefined}
            >
              <Input
                id="destination-url"
                value={url}
                type="url"
                autoComplete="off"
                onChange={(event) => setUrl(event.target.value)}
              />
            </Field>
            {format !== "wecom" && (
              <Field
                label={t("secret")}
                htmlFor="destination-secret"
                extra={kept.includes("secret") ? t("urlKept") : t(`secretNote.${format}`)}
              >
                <PasswordInput
                  id="destination-secret"
                  value={secret}
                  autoComplete="new-password"
                  onChange={(event) => setSecret(event.target.value)}
                />
              </Field>
            )}
          </>
        )}
        <Field label={t("language")}>
          <Segmented<"en" | "zh">
            value={language}
            onChange={setLanguage}
            options={(["zh", "en"] as const).map((value) => ({ value, label: t(`languages.${value}`) }))}
          />
        </Field>
      </Form>
      {save.error && <Failed error={save.error} />}
    </Modal>
  );
}
