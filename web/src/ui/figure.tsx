import type { ReactNode } from "react";
import styles from "./figure.module.css";

/** A key figure: label, number, and what it is set against. With `onOpen` the whole is a button. */
export function Figure({
  label,
  value,
  foot,
  onOpen,
  openLabel,
}: {
  label: ReactNode;
  value: string;
  foot?: ReactNode;
  onOpen?: () => void;
  openLabel?: string;
}) {
  const split = /^(.*\d)(\s?[^\d\s]+)$/u.exec(value);
  const body = (
    <>
      <span className={styles.label}>{label}</span>
      <span className={styles.value}>
        {split ? split[1] : value}
        {split && <span className={styles.unit}>{split[2]}</span>}
      </span>
      {foot}
    </>
  );
  if (!onOpen) return <div className={styles.figure}>{body}</div>;
  return (
    <button type="button" className={styles.figure} onClick={onOpen} title={openLabel}>
      {body}
    </button>
  );
}

/** A change with its sign and arrow; up is the accent, down the loss colour, or with `good` down the other way. */
export function Change({
  value,
  text,
  words,
  good = "up",
}: {
  value: number | null | undefined;
  text: string;
  good?: "up" | "down" | undefined;
  words?: ReactNode;
}) {
  const way =
    value === null || value === undefined || Math.abs(value) < 0.0005 ? "flat" : value > 0 ? "up" : "down";
  return (
    <span className={styles.change} data-way={way} data-good={good}>
      {way === "up" ? "▲ " : way === "down" ? "▼ " : ""}
      {text}
      {words && <> {words}</>}
    </span>
  );
}

/** A number inside text or a table that opens into its people. */
export function OpenFigure({
  children,
  onOpen,
  title,
}: {
  children: ReactNode;
  onOpen?: () => void;
  title?: string;
}) {
  if (!onOpen) return <>{children}</>;
  return (
    <button type="button" className={styles.open} onClick={onOpen} title={title}>
      {children}
    </button>
  );
}

/** A line without axes. Gaps in the data are gaps in the line; the last point is marked. */
export function Sparkline({
  values,
  width = 96,
  height = 24,
  label,
  color = "var(--accent)",
  fluid = false,
}: {
  values: readonly (number | null)[];
  width?: number;
  height?: number;
  label: string;
  color?: string;
  fluid?: boolean;
}) {
  const known = values.filter((value): value is number => value !== null);
  if (known.length < 2) return <span style={{ display: "block", height }} />;
  const top = Math.max(...known);
  const low = Math.min(0, ...known);
  const x = (index: number) => 1 + (index / (values.length - 1)) * (width - 2);
  const y = (value: number) => height - 2 - ((value - low) / (top - low || 1)) * (height - 4);
  let path = "";
  values.forEach((value, index) => {
    if (value === null) return;
    path += `${path === "" || values[index - 1] === null ? "M" : "L"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  const lastIndex = values.findLastIndex((value) => value !== null);
  return (
    <svg
      className={styles.spark}
      width={fluid ? "100%" : width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path
        d={path}
        fill="none"
        stroke={color}
        strokeWidth={1.25}
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
      {!fluid && <circle cx={x(lastIndex)} cy={y(values[lastIndex] as number)} r={1.8} fill={color} />}
    </svg>
  );
}

/** A bar in a table cell, as long as its share of the largest. */
export function ShareBar({ share, color }: { share: number; color?: string }) {
  return (
    <span
      className={styles.bar}
      style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%`, background: color }}
      aria-hidden="true"
    />
  );
}
