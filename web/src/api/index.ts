export * from "./analyses";
export * from "./boards";
export * from "./client";
export * from "./problem";
export * from "./schema-of-project";
export * from "./session";
export type * from "./types";
