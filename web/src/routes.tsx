import { createBrowserRouter, Navigate } from "react-router";
import { analyseRoutes } from "@/pages/analyse";
import { Start } from "@/pages/entry/Start";
import { Home } from "@/pages/home/Home";
import { Shell } from "@/shell/Shell";

export const router = createBrowserRouter([
  { path: "/", element: <Start /> },
  {
    path: "/p/:project",
    element: <Shell />,
    children: [
      { index: true, element: <Navigate to="home" replace /> },
      { path: "home", element: <Home /> },
      { path: "analyse", children: analyseRoutes },
    ],
  },
  { path: "*", element: <Navigate to="/" replace /> },
]);
