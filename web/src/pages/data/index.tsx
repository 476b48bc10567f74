import { Navigate } from "react-router";
import type { RouteObject } from "react-router";
import { Dictionary } from "./Dictionary";
import { Import } from "./Import";
import { Live } from "./Live";
import { Rejected } from "./Rejected";
import { Sources } from "./Sources";

/** Pages under /p/:project/data. */
export const dataRoutes: RouteObject[] = [
  { index: true, element: <Navigate to="sources" replace /> },
  { path: "sources", element: <Sources /> },
  { path: "dictionary", element: <Dictionary /> },
  { path: "live", element: <Live /> },
  { path: "rejected", element: <Rejected /> },
  { path: "import", element: <Import /> },
];
