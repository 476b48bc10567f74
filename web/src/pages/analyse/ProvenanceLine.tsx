import type { Answer } from "@/api/questions";
import { exact, short } from "@/format";
import { useEditing } from "@/editors";
import { useFormat } from "@/shell";
import { Popover } from "@/ui";
import styles from "./analyse.module.css";
import { Proof } from "./Proof";

/** What the answer was made of: until when, how much, how long, and the marks that make it repeatable. */
export function ProvenanceLine({ answer, took }: { answer: Answer; took: number | null }) {
  const { provenance } = answer;
  const { say, language } = useEditing();
  const { stamp } = useFormat();
  const seconds = took === null ? null : took < 0.01 ? "< 0.01" : took.toFixed(2);
  const marks = [
    ["definition", provenance.definition],
    ["data", provenance.data],
    ["identity", provenance.identity],
    ["receipt", provenance.receipt ?? "–"],
    ["zone", provenance.zone],
    ["engine", provenance.engine],
  ] as const;
  return (
    <p className={styles.provenance}>
      {say("provenance.until", { time: stamp(provenance.until) })} ·{" "}
      {say("provenance.events", { n: short(provenance.events, language) })} ·{" "}
      {say("provenance.people", { n: exact(provenance.people, language) })} ·{" "}
      {provenance.left_out > 0 && (
        <>{say("provenance.leftOut", { n: exact(provenance.left_out, language) })} · </>
      )}
      {seconds !== null && <>{say("provenance.seconds", { n: seconds })} · </>}
      <Popover
        trigger="click"
        content={
          <dl className={styles.marks}>
            {marks.map(([name, value]) => (
              <div key={name}>
                <dt>{say(`provenance.${name}`)}</dt>
                <dd>
                  <code>{String(value)}</code>
                </dd>
              </div>
            ))}
          </dl>
        }
      >
        <button type="button" className={styles.linkish}>
          {say("provenance.definition")} {provenance.definition.slice(0, 8)}
        </button>
      </Popover>{" "}
      ·{" "}
      <Popover trigger="click" destroyOnHidden content={<Proof answer={answer} />}>
        <button type="button" className={styles.linkish}>
          {say("proof.title")}
        </button>
      </Popover>
    </p>
  );
}
