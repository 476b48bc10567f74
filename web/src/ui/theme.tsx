import { App, ConfigProvider, theme as antdTheme } from "antd";
import type { ThemeConfig } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { createContext, useContext, useEffect, useMemo, useState } from "react";
import type { ReactNode } from "react";
import { applyPalette, fontFamily, monoFamily, palettes, size } from "./tokens";
import type { Palette, ThemeName } from "./tokens";

export type ThemeChoice = ThemeName | "system";
interface ThemeState {
  choice: ThemeChoice;
  name: ThemeName;
  palette: Palette;
  choose: (choice: ThemeChoice) => void;
}

const KEY = "tidewheel.theme";
const Context = createContext<ThemeState | null>(null);

/** The theme in force: its name, its colours, and how to change it. */
export function useTheme(): ThemeState {
  const state = useContext(Context);
  if (!state) throw new Error("useTheme outside ThemeProvider");
  return state;
}

function remembered(): ThemeChoice {
  const stored = localStorage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

function antdConfig(name: ThemeName): ThemeConfig {
  const c = palettes[name];
  return {
    algorithm: name === "dark" ? antdTheme.darkAlgorithm : antdTheme.defaultAlgorithm,
    hashed: false,
    token: {
      colorPrimary: c.accent,
      colorInfo: c.accent,
      colorSuccess: c.accent,
      colorError: c.loss,
      colorWarning: c.warn,
      colorLink: c.accent,
      colorText: c.ink,
      colorTextSecondary: c.ink2,
      colorTextTertiary: c.ink3,
      colorTextQuaternary: c.ink3,
      colorTextPlaceholder: c.ink3,
      colorTextLightSolid: c.onAccent,
      colorBgBase: c.paper,
      colorBgLayout: c.paper,
      colorBgContainer: c.surface,
      colorBgElevated: c.surface,
      colorBorder: c.edge,
      colorBorderSecondary: c.hairline,
      colorSplit: c.hairline,
      colorFillAlter: c.sunken,
      colorBgMask: name === "dark" ? "#00000080" : "#1a23263d",
      controlItemBgHover: c.sunken,
      controlItemBgActive: c.accentSoft,
      controlItemBgActiveHover: c.accentSoft,
      controlOutline: c.focus,
      fontFamily,
      fontFamilyCode: monoFamily,
      fontSize: size.body,
      fontSizeSM: size.small,
      fontSizeLG: 14,
      borderRadius: size.radius,
      borderRadiusLG: 6,
      borderRadiusSM: 3,
      controlHeight: size.control,
      controlHeightLG: 36,
      controlHeightSM: 24,
      sizeUnit: 4,
      sizeStep: 4,
      motionDurationFast: "0.06s",
      motionDurationMid: "0.1s",
      motionDurationSlow: "0.14s",
      boxShadow: "none",
      boxShadowSecondary: name === "dark" ? "0 8px 24px #0008" : "0 6px 20px #1a23261f",
      boxShadowTertiary: "none",
      wireframe: false,
    },
    components: {
      Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none", fontWeight: 500 },
      Table: {
        headerBg: "transparent",
        headerColor: c.ink3,
        headerSplitColor: "transparent",
        cellPaddingBlock: 7,
        cellPaddingInline: 8,
        rowHoverBg: c.sunken,
        borderColor: c.hairline,
        colorBgContainer: "transparent",
      },
      Tabs: { horizontalItemPadding: "8px 0", horizontalItemGutter: 20, titleFontSize: size.body },
      Modal: { titleFontSize: 15 },
      Segmented: { trackBg: c.sunken, itemSelectedBg: c.surface, trackPadding: 2 },
      Select: { optionSelectedBg: c.accentSoft, optionSelectedFontWeight: 500 },
      Tooltip: { colorBgSpotlight: name === "dark" ? c.edge : c.ink },
      Form: { itemMarginBottom: 16, labelColor: c.ink2, verticalLabelPadding: "0 0 4px" },
    },
  };
}

export function ThemeProvider({ language, children }: { language: "zh-CN" | "en"; children: ReactNode }) {
  const [choice, setChoice] = useState<ThemeChoice>(remembered);
  const [systemDark, setSystemDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  const name: ThemeName = choice === "system" ? (systemDark ? "dark" : "light") : choice;

  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => setSystemDark(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  useEffect(() => applyPalette(name), [name]);

  const state = useMemo<ThemeState>(
    () => ({
      choice,
      name,
      palette: palettes[name],
      choose: (next) => {
        localStorage.setItem(KEY, next);
        setChoice(next);
      },
    }),
    [choice, name],
  );
  const config = useMemo(() => antdConfig(name), [name]);
  return (
    <Context.Provider value={state}>
      <ConfigProvider
        theme={config}
        locale={language === "zh-CN" ? zhCN : enUS}
        wave={{ disabled: true }}
        button={{ autoInsertSpace: false }}
      >
        <App message={{ maxCount: 2 }}>{children}</App>
      </ConfigProvider>
    </Context.Provider>
  );
}
