export * from "./controls";
export * from "./figure";
export * from "./icons";
export * from "./list";
export * from "./page";
export * from "./states";
export * from "./theme";
export * from "./tokens";
