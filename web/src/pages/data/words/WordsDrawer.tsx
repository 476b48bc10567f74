import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWordsTrial, useWords, useWordsChanges } from "@/api";
import type { Source, Vocabulary } from "@/api";
import { Failed, useFormat, useIdentifierTypes, useMayEdit, useProject } from "@/shell";
import { BoneRows, Button, Drawer, Tabs, useNotify } from "@/ui";
import styles from "../data.module.css";
import { Events } from "./Events";
import { Pairs } from "./Pairs";
import { Trial } from "./Trial";
import { sameWords } from "./edit";

/** How the names of one vendor's clients become ours at one source: seen, tried on what came, changed, reset. */
export function WordsDrawer({
  source,
  protocol,
  title,
  close,
}: {
  source: Source;
  protocol: string;
  title: string;
  close: () => void;
}) {
  const { t } = useTranslation(["data", "common"]);
  const kept = useWords(useProject().id, source.id, protocol);
  return (
    <Drawer open onClose={close} size={960} title={t("words.title", { source: source.name, vendor: title })}>
      {kept.error ? (
        <Failed error={kept.error} retry={() => void kept.refetch()} />
      ) : !kept.data ? (
        <BoneRows rows={8} />
      ) : (
        <Editing
          key={JSON.stringify(kept.data.words)}
          source={source}
          protocol={protocol}
          kept={kept.data.words}
          own={kept.data.own}
        />
      )}
    </Drawer>
  );
}

function Editing({
  source,
  protocol,
  kept,
  own,
}: {
  source: Source;
  protocol: string;
  kept: Vocabulary;
  own: boolean;
}) {
  const { t } = useTranslation(["data", "common"]);
  const types = useIdentifierTypes().map((one) => one.value);
  const format = useFormat();
  const project = useProject().id;
  const mayEdit = useMayEdit();
  const { message, modal } = useNotify();
  const [words, setWords] = useState(kept);
  const changes = useWordsChanges(project, source.id, protocol);
  const changed = !sameWords(words, kept);
  const trial = useWordsTrial(project, source.id, protocol, useDeferredValue(changed ? words : null));
  const samples = Object.assign({}, ...(trial.data?.names ?? []).map((name) => name.samples));
  const every = words.every ?? {};
  const person = words.person ?? {};
  const reset = () =>
    void modal.confirm({
      title: t("words.sureReset"),
      content: t("words.sureResetText"),
      okText: t("words.reset"),
      icon: null,
      onOk: () => changes.reset.mutate(),
    });
  return (
    <>
      <p>{t("words.lead")}</p>
      <div className={styles.toolbar}>
        <span className={styles.muted} aria-live="polite">
          {trial.data && trial.data.arrived > 0
            ? t(changed ? "words.wouldChange" : "words.arrived", {
                arrived: format.exact(trial.data.arrived),
                changed: format.exact(trial.data.changed),
              })
            : t(own ? "words.own" : "words.shipped")}
        </span>
        <span className={styles.spring} />
        {mayEdit && own && <Button onClick={reset}>{t("words.reset")}</Button>}
        {mayEdit && (
          <Button
            type="primary"
            disabled={!changed}
            loading={changes.save.isPending}
            onClick={() =>
              changes.save.mutate(words, { onSuccess: () => void message.success(t("words.saved")) })
            }
          >
            {t("common:save")}
          </Button>
        )}
      </div>
      {changes.save.error && <Failed error={changes.save.error} />}
      {trial.error && <Failed error={trial.error} />}
      <Tabs
        items={[
          {
            key: "events",
            label: t("words.events"),
            children: <Events words={words} change={setWords} trial={trial.data} />,
          },
          {
            key: "properties",
            label: t("words.properties"),
            children: (
              <Pairs
                label={t("words.properties")}
                pairs={every.properties ?? {}}
                change={(properties) => setWords({ ...words, every: { ...every, properties } })}
                options={[]}
                samples={samples}
              />
            ),
          },
          {
            key: "people",
            label: t("words.people"),
            children: (
              <Pairs
                label={t("words.people")}
                pairs={person.properties ?? {}}
                change={(properties) => setWords({ ...words, person: { ...person, properties } })}
                options={[]}
              />
            ),
          },
          {
            key: "identifiers",
            label: t("words.identifiers"),
            children: (
              <Pairs
                label={t("words.identifiers")}
                pairs={words.identifiers ?? {}}
                change={(identifiers) => setWords({ ...words, identifiers })}
                options={types}
              />
            ),
          },
          { key: "trial", label: t("words.trial"), children: <Trial trial={trial.data} /> },
        ]}
      />
    </>
  );
}
