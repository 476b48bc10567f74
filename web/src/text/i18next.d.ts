import "i18next";
import type alerts from "./en/alerts.json";
import type analyse from "./en/analyse.json";
import type boards from "./en/boards.json";
import type common from "./en/common.json";
import type data from "./en/data.json";
import type entry from "./en/entry.json";
import type enrichment from "./en/enrichment.json";
import type goals from "./en/goals.json";
import type home from "./en/home.json";
import type identity from "./en/identity.json";
import type metrics from "./en/metrics.json";
import type notes from "./en/notes.json";
import type people from "./en/people.json";
import type settings from "./en/settings.json";
import type shell from "./en/shell.json";
import type sql from "./en/sql.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    returnNull: false;
    resources: {
      alerts: typeof alerts;
      analyse: typeof analyse;
      boards: typeof boards;
      common: typeof common;
      data: typeof data;
      entry: typeof entry;
      enrichment: typeof enrichment;
      goals: typeof goals;
      home: typeof home;
      identity: typeof identity;
      metrics: typeof metrics;
      notes: typeof notes;
      people: typeof people;
      settings: typeof settings;
      shell: typeof shell;
      sql: typeof sql;
    };
  }
}
