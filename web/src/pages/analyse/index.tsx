import type { RouteObject } from "react-router";

/** Pages under /p/:project/analyse. */
export const analyseRoutes: RouteObject[] = [];
