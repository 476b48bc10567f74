import { asProblem, useProof } from "@/api";
import type { Answer } from "@/api/questions";
import { useEditing } from "@/editors";
import { exact } from "@/format";
import { Button, Mark } from "@/ui";
import styles from "./analyse.module.css";

const SAMPLE = 0.05;

/** Lets plain Python answer the same question, and asks it again of the facts the answer saw. */
export function Proof({ answer }: { answer: Answer }) {
  const { say, project, language } = useEditing();
  const { verify, replay } = useProof(project.id);
  const found = verify.data?.verdicts.at(-1);
  const failed = verify.error ?? replay.error;
  return (
    <div className={styles.proof}>
      <Button
        size="small"
        loading={verify.isPending}
        onClick={() => verify.mutate({ kind: answer.kind, params: answer.params, sample: SAMPLE })}
      >
        {say("proof.verify")}
      </Button>
      <Button size="small" loading={replay.isPending} onClick={() => replay.mutate(answer)}>
        {say("proof.replay")}
      </Button>
      <div role="status" className={styles.proofSaid}>
        {failed && <Mark tone="loss">{asProblem(failed).message}</Mark>}
        {found &&
          (found.skipped !== null ? (
            <p>{say("proof.skipped")}</p>
          ) : verify.data?.agreed ? (
            <p>{say("proof.agreed", { n: exact(found.people, language) })}</p>
          ) : (
            <Lines
              title={say("proof.differs")}
              lines={verify.data?.verdicts.flatMap((one) => one.differences)}
            />
          ))}
        {replay.data &&
          (replay.data.equal ? (
            <p>{say("proof.equal", { n: exact(replay.data.later, language) })}</p>
          ) : (
            <Lines
              title={
                replay.data.elsewhere
                  ? say("proof.elsewhere")
                  : say("proof.changed", { what: replay.data.changed.join(", ") })
              }
              lines={replay.data.differences}
            />
          ))}
      </div>
    </div>
  );
}

function Lines({ title, lines = [] }: { title: string; lines?: string[] }) {
  return (
    <>
      <Mark tone="loss">{title}</Mark>
      <ul className={styles.proofLines}>
        {lines.slice(0, 8).map((line) => (
          <li key={line}>
            <code>{line}</code>
          </li>
        ))}
      </ul>
    </>
  );
}
