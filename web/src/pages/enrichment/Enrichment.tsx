import { useTranslation } from "react-i18next";
import { useEnrichments } from "@/api";
import { Failed, useProject } from "@/shell";
import { BoneRows, Page } from "@/ui";
import { ChannelRules } from "./ChannelRules";
import { Plain } from "./Plain";

/** What is worked out of events: channels by rules, devices and bots, campaigns, the catalogue. */
export function Enrichment() {
  const { t } = useTranslation("enrichment");
  const found = useEnrichments(useProject().id);
  const channel = found.data?.find((one) => one.name === "channel");
  return (
    <Page title={t("title")} lead={t("lead")}>
      {found.error ? (
        <Failed error={found.error} retry={() => void found.refetch()} />
      ) : !found.data ? (
        <BoneRows rows={8} />
      ) : (
        <>
          {channel && <ChannelRules key={channel.versions.length} enrichment={channel} />}
          {found.data
            .filter((one) => one.name !== "channel")
            .map((one) => (
              <Plain key={`${one.name} ${one.versions.length}`} enrichment={one} />
            ))}
        </>
      )}
    </Page>
  );
}
