export * from "./Chart";
export * from "./DataTable";
export * from "./funnel-table";
export * from "./look";
export * from "./retention-table";
export * from "./speech";
export * from "./table";
export * from "./trends-table";
