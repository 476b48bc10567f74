export * from "./Failed";
export * from "./PeopleDrawer";
export * from "./PeriodPicker";
export * from "./format";
export * from "./place";
