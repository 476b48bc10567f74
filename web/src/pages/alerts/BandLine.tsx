import type { BandPoint } from "./band";
import styles from "./alerts.module.css";

const WIDTH = 128;
const HEIGHT = 30;

/** A line without axes over its usual range; what was bad is a dot. */
export function BandLine({ points, label }: { points: readonly BandPoint[]; label: string }) {
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]));
  if (known.length < 2) return <span className="tw-quiet">–</span>;
  const limits = points.flatMap(({ low, high }) => [low, high].filter((one) => one !== null));
  const floor = Math.min(0, ...known);
  const top = Math.max(...known, ...limits.filter((one) => one > floor));
  const x = (at: number) => 3 + (at / (points.length - 1)) * (WIDTH - 6);
  const y = (value: number) =>
    HEIGHT - 3 - ((Math.max(value, floor) - floor) / (top - floor || 1)) * (HEIGHT - 6);
  let line = "";
  points.forEach(({ value }, at) => {
    if (value === null) return;
    line += `${line === "" || points[at - 1]?.value === null ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  const judged = points.map((point, at) => ({ ...point, at })).filter(({ low, high }) => low ?? high ?? null);
  const upper = judged.map(({ at, high }) => `${x(at).toFixed(1)} ${y(high ?? top).toFixed(1)}`);
  const lower = judged.map(({ at, low }) => `${x(at).toFixed(1)} ${y(low ?? floor).toFixed(1)}`);
  return (
    <svg
      className={styles.band}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
    >
      {judged.length > 1 && (
        <path d={`M${[...upper, ...lower.reverse()].join("L")}Z`} fill="var(--accent)" opacity={0.14} />
      )}
      <path d={line} fill="none" stroke="var(--accent)" strokeWidth={1.25} strokeLinejoin="round" />
      {points.map(({ value, bad, start }, at) =>
        bad && value !== null ? (
          <circle key={start} cx={x(at)} cy={y(value)} r={2.2} fill="var(--loss)" />
        ) : null,
      )}
    </svg>
  );
}
