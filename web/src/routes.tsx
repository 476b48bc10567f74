import { createBrowserRouter, Navigate } from "react-router";
import { analyseRoutes } from "@/pages/analyse";
import { Board } from "@/pages/boards/Board";
import { Boards } from "@/pages/boards/Boards";
import { dataRoutes } from "@/pages/data";
import { Setup } from "@/pages/entry/Setup";
import { SignIn } from "@/pages/entry/SignIn";
import { Start } from "@/pages/entry/Start";
import { Home } from "@/pages/home/Home";
import { People } from "@/pages/people/People";
import { Person } from "@/pages/people/Person";
import { settingsRoute } from "@/pages/settings";
import { More } from "@/shell/More";
import { Shell } from "@/shell/Shell";
import type { Shows } from "@/shell/TopBar";

const both: Shows = { period: true, compare: true };

export const router = createBrowserRouter([
  { path: "/", element: <Start /> },
  { path: "/sign-in", element: <SignIn /> },
  { path: "/setup", element: <Setup /> },
  {
    path: "/p/:project",
    element: <Shell />,
    children: [
      { index: true, element: <Navigate to="home" replace /> },
      { path: "home", element: <Home />, handle: { compare: true } satisfies Shows },
      { path: "analyse", children: analyseRoutes, handle: both },
      { path: "boards", element: <Boards /> },
      { path: "boards/:id", element: <Board />, handle: both },
      { path: "people", element: <People /> },
      { path: "people/:id", element: <Person /> },
      { path: "data", children: dataRoutes },
      settingsRoute,
      { path: "more", element: <More /> },
    ],
  },
  { path: "*", element: <Navigate to="/" replace /> },
]);
