import { Word } from "@/editors";
import styles from "./analyse.module.css";

/** A word that is one of a few. */
export function Choose<V extends string>({
  title,
  value,
  options,
  onChange,
  face = (label) => label,
  tone = "word",
}: {
  title: string;
  value: V;
  options: readonly { value: V; label: string; note?: string }[];
  onChange: (value: V) => void;
  /** How the chosen one reads. */
  face?: ((label: string) => string) | undefined;
  tone?: "word" | "chip" | "add";
}) {
  const chosen = options.find((option) => option.value === value)?.label ?? value;
  return (
    <Word tone={tone} label={face(chosen)} title={title}>
      {(close) => (
        <div className={styles.choose}>
          {options.map((option) => (
            <button
              key={option.value}
              type="button"
              aria-pressed={option.value === value}
              data-autofocus={option.value === value || undefined}
              onClick={() => {
                onChange(option.value);
                close();
              }}
            >
              <b>{option.label}</b>
              {option.note && <span>{option.note}</span>}
            </button>
          ))}
        </div>
      )}
    </Word>
  );
}
