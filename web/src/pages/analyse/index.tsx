import { Navigate } from "react-router";
import type { RouteObject } from "react-router";
import { AnalysisPage } from "./AnalysisPage";
import { kits } from "./kits";

export { AnswerView } from "./AnswerView";

/** Pages under /p/:project/analyse. */
export const analyseRoutes: RouteObject[] = [
  { index: true, element: <Navigate to="trends" replace /> },
  { path: "trends", element: <AnalysisPage kit={kits.trends} /> },
  { path: "funnel", element: <AnalysisPage kit={kits.funnel} /> },
  { path: "retention", element: <AnalysisPage kit={kits.retention} /> },
];
