/** Every colour and measure of the product. Both themes, antd's theme, CSS variables and charts come from here. */

export interface Palette {
  paper: string;
  surface: string;
  sunken: string;
  ink: string;
  ink2: string;
  ink3: string;
  hairline: string;
  edge: string;
  accent: string;
  accentStrong: string;
  accentSoft: string;
  onAccent: string;
  loss: string;
  lossSoft: string;
  warn: string;
  warnSoft: string;
  focus: string;
  /** Eight categories, told apart by lightness as well as hue. */
  series: readonly [string, string, string, string, string, string, string, string];
  /** One hue from nothing to most, for heat maps and cohort tables. */
  ramp: readonly [string, string, string, string, string, string, string];
}

export const light: Palette = {
  paper: "#fbfaf7",
  surface: "#ffffff",
  sunken: "#f3f2ed",
  ink: "#1a2326",
  ink2: "#4c575b",
  ink3: "#5f6b70",
  hairline: "#e6e4dd",
  edge: "#cdccc4",
  accent: "#0b6268",
  accentStrong: "#084a4f",
  accentSoft: "#e1eeec",
  onAccent: "#ffffff",
  loss: "#b23f1f",
  lossSoft: "#f9e9e2",
  warn: "#8a5a00",
  warnSoft: "#f8eed6",
  focus: "#0b626866",
  series: ["#0f6b72", "#dd9227", "#6b8fd4", "#a63d5c", "#8db04a", "#59499a", "#c49ac6", "#75736b"],
  ramp: ["#f1f5f3", "#d8e8e5", "#b3d3d0", "#84b8b6", "#4f979a", "#24757b", "#0b5257"],
};

export const dark: Palette = {
  paper: "#11171a",
  surface: "#182023",
  sunken: "#0c1113",
  ink: "#e7ebe9",
  ink2: "#b0babb",
  ink3: "#8a9699",
  hairline: "#252f32",
  edge: "#3a474b",
  accent: "#54b9b9",
  accentStrong: "#83d3d1",
  accentSoft: "#16363a",
  onAccent: "#062426",
  loss: "#ec8d6a",
  lossSoft: "#3a2119",
  warn: "#e0b050",
  warnSoft: "#352a12",
  focus: "#54b9b980",
  series: ["#4fb5b6", "#e8a548", "#86a8ea", "#d2708f", "#a5c765", "#9285d6", "#d7b3d9", "#a09e96"],
  ramp: ["#182426", "#1c3538", "#214a4d", "#286467", "#348285", "#47a2a3", "#7accc9"],
};

export type ThemeName = "light" | "dark";
export const palettes: Record<ThemeName, Palette> = { light, dark };

export const fontFamily =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "HarmonyOS Sans SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';
export const monoFamily =
  'ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "Noto Sans Mono CJK SC", monospace';

/** Pixels. Everything sits on a grid of four. */
export const size = {
  body: 13,
  small: 12,
  micro: 11,
  title: 18,
  figure: 28,
  control: 28,
  radius: 4,
  rail: 184,
  bar: 48,
};

/** Sets the CSS variables `--paper`, `--ink`, `--series-1` … on the document. */
export function applyPalette(name: ThemeName, root: HTMLElement = document.documentElement): void {
  const palette = palettes[name];
  root.dataset.theme = name;
  root.style.colorScheme = name;
  for (const [key, value] of Object.entries(palette)) {
    const property = `--${key.replace(/([A-Z0-9]+)/g, (part) => `-${part.toLowerCase()}`)}`;
    if (typeof value === "string") root.style.setProperty(property, value);
    else
      (value as readonly string[]).forEach((entry, index) =>
        root.style.setProperty(`--${key}-${index + 1}`, entry),
      );
  }
}
