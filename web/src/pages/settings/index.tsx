import { Navigate } from "react-router";
import type { RouteObject } from "react-router";
import { Me } from "./Me";
import { ProjectSettings } from "./ProjectSettings";
import { Settings } from "./Settings";
import { Tokens } from "./Tokens";
import { Users } from "./Users";

/** Pages under /p/:project/settings. */
export const settingsRoute: RouteObject = {
  path: "settings",
  element: <Settings />,
  children: [
    { index: true, element: <Navigate to="project" replace /> },
    { path: "project", element: <ProjectSettings /> },
    { path: "users", element: <Users /> },
    { path: "tokens", element: <Tokens /> },
    { path: "me", element: <Me /> },
  ],
};
