import { useState } from "react";
import { Button } from "./controls";
import styles from "./code.module.css";
import { Icon } from "./icons";

/** Code or JSON to read and copy. */
export function Code({ children, copy, copied }: { children: string; copy: string; copied: string }) {
  return (
    <div className={styles.code}>
      <pre
        // A long line is scrolled by keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        <code>{children}</code>
      </pre>
      <span className={styles.copy}>
        <CopyButton text={children} label={copy} done={copied} />
      </span>
    </div>
  );
}

/** Copies a text and says so for a moment. */
export function CopyButton({
  text,
  label,
  done,
  bare = false,
}: {
  text: string;
  label: string;
  done: string;
  bare?: boolean;
}) {
  const [fresh, setFresh] = useState(false);
  const copy = () => {
    void copyText(text).then(() => {
      setFresh(true);
      setTimeout(() => setFresh(false), 1500);
    });
  };
  return (
    <Button
      size="small"
      type={bare ? "text" : "default"}
      icon={<Icon name={fresh ? "check" : "copy"} size={14} />}
      onClick={copy}
      aria-label={fresh ? done : label}
      title={label}
    >
      {bare ? undefined : fresh ? done : label}
    </Button>
  );
}

/** Copies also where the page is not served over HTTPS, which has no clipboard. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
