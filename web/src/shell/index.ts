export * from "./Failed";
export * from "./PeopleDrawer";
export * from "./PeriodPicker";
export * from "./format";
export * from "./names";
export * from "./place";
export * from "./later";
export * from "./reach";
