import { createBrowserRouter, Navigate } from "react-router";
import { Start } from "@/pages/entry/Start";
import { Home } from "@/pages/home/Home";
import { Broken } from "@/shell/Broken";
import { More } from "@/shell/More";
import { Shell } from "@/shell/Shell";
import type { Shows } from "@/shell/TopBar";

const both: Shows = { period: true, compare: true };

// Home opens at once; every other place is fetched when it is first visited.
export const router = createBrowserRouter([
  { path: "/", element: <Start />, errorElement: <Broken /> },
  {
    path: "/sign-in",
    errorElement: <Broken />,
    HydrateFallback: () => null,
    lazy: async () => ({ Component: (await import("@/pages/entry/SignIn")).SignIn }),
  },
  {
    path: "/setup",
    errorElement: <Broken />,
    HydrateFallback: () => null,
    lazy: async () => ({ Component: (await import("@/pages/entry/Setup")).Setup }),
  },
  {
    path: "/p/:project",
    element: <Shell />,
    errorElement: <Broken />,
    HydrateFallback: () => null,
    children: [
      { index: true, element: <Navigate to="home" replace /> },
      { path: "home", element: <Home />, handle: { compare: true } satisfies Shows },
      {
        path: "analyse",
        handle: both,
        children: [
          { index: true, element: <Navigate to="trends" replace /> },
          {
            path: "sql",
            handle: { period: false, compare: false } satisfies Shows,
            lazy: async () => ({ Component: (await import("@/pages/sql/SqlPage")).SqlPage }),
          },
          {
            path: ":kind",
            lazy: async () => ({ Component: (await import("@/pages/analyse")).AnalysisPage }),
          },
        ],
      },
      { path: "boards", lazy: async () => ({ Component: (await import("@/pages/boards/Boards")).Boards }) },
      {
        path: "boards/:id",
        handle: both,
        lazy: async () => ({ Component: (await import("@/pages/boards/Board")).Board }),
      },
      {
        path: "metrics",
        handle: { period: true } satisfies Shows,
        lazy: async () => ({ Component: (await import("@/pages/metrics/Metrics")).Metrics }),
      },
      {
        path: "goals",
        handle: { period: true } satisfies Shows,
        lazy: async () => ({ Component: (await import("@/pages/goals/Goals")).Goals }),
      },
      {
        path: "goals/:name",
        handle: { period: true } satisfies Shows,
        lazy: async () => ({ Component: (await import("@/pages/goals/Goal")).Goal }),
      },
      {
        path: "alerts",
        lazy: async () => ({ Component: (await import("@/pages/alerts/Alerts")).Alerts }),
      },
      { path: "people", lazy: async () => ({ Component: (await import("@/pages/people/People")).People }) },
      {
        path: "people/:id",
        lazy: async () => ({ Component: (await import("@/pages/people/Person")).Person }),
      },
      {
        path: "segments",
        lazy: async () => ({ Component: (await import("@/pages/people/Segments")).Segments }),
      },
      {
        path: "identity",
        lazy: async () => ({ Component: (await import("@/pages/people/IdentityPage")).IdentityPage }),
      },
      {
        path: "data",
        children: [
          { index: true, element: <Navigate to="sources" replace /> },
          {
            path: "sources",
            lazy: async () => ({ Component: (await import("@/pages/data/Sources")).Sources }),
          },
          { path: "plan", lazy: async () => ({ Component: (await import("@/pages/data/Plan")).Plan }) },
          {
            path: "quality",
            lazy: async () => ({ Component: (await import("@/pages/data/Quality")).Quality }),
          },
          {
            path: "dictionary",
            lazy: async () => ({ Component: (await import("@/pages/data/Dictionary")).Dictionary }),
          },
          {
            path: "enrichment",
            lazy: async () => ({ Component: (await import("@/pages/enrichment/Enrichment")).Enrichment }),
          },
          { path: "picks", lazy: async () => ({ Component: (await import("@/pages/data/Picks")).Picks }) },
          { path: "live", lazy: async () => ({ Component: (await import("@/pages/data/Live")).Live }) },
          {
            path: "rejected",
            lazy: async () => ({ Component: (await import("@/pages/data/Rejected")).Rejected }),
          },
          { path: "import", lazy: async () => ({ Component: (await import("@/pages/data/Import")).Import }) },
          {
            path: "connectors",
            lazy: async () => ({
              Component: (await import("@/pages/data/connectors/Connectors")).Connectors,
            }),
          },
          {
            path: "verification",
            lazy: async () => ({ Component: (await import("@/pages/data/Verification")).Verification }),
          },
        ],
      },
      {
        path: "settings",
        lazy: async () => ({ Component: (await import("@/pages/settings/Settings")).Settings }),
        children: [
          { index: true, element: <Navigate to="project" replace /> },
          {
            path: "project",
            lazy: async () => ({
              Component: (await import("@/pages/settings/ProjectSettings")).ProjectSettings,
            }),
          },
          {
            path: "privacy",
            lazy: async () => ({ Component: (await import("@/pages/settings/Privacy")).Privacy }),
          },
          {
            path: "users",
            lazy: async () => ({ Component: (await import("@/pages/settings/Users")).Users }),
          },
          {
            path: "tokens",
            lazy: async () => ({ Component: (await import("@/pages/settings/Tokens")).Tokens }),
          },
          { path: "me", lazy: async () => ({ Component: (await import("@/pages/settings/Me")).Me }) },
        ],
      },
      { path: "more", element: <More /> },
    ],
  },
  { path: "*", element: <Navigate to="/" replace /> },
]);
