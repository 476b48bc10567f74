/** The shapes of the HTTP API by the names the pages use. All come from the server's own description. */
import type { components } from "./schema";

type S = components["schemas"];

export type Kind = S["Property"]["kind"];
export type Scope = S["Property"]["scope"];
export type Plain = string | boolean | number;
export type GroupLabel = (string | number | boolean | null)[];
export type Bilingual = S["tidewheel__analyse__answer__Title"];

/** The one shape of errors. */
export interface ProblemBody {
  code: string;
  message: string;
  field: string | null;
  got: unknown;
  expected: unknown;
  hint: string | null;
}

export type Role = S["MyProject"]["role"];
export type User = S["Me"];
export type Process = S["ProcessReply"];
export type Project = S["MyProject"];
export type Session = S["SessionReply"];
export type SetupForm = S["Setup"];
export type UserRow = S["UserReply"];
export type TokenRow = S["TokenReply"];

export type Note = S["NoteReply"];
export type NewNote = S["NewNote"];

export type Source = S["SourceReply"];
export type Losses = S["LossReply"];
export type Vocabulary = S["Vocabulary"];
export type SourceWords = { own: boolean; words: Vocabulary };
export type EventWords = S["EventWords"];
export type ItemWords = S["ItemWords"];
export type ArrivedName = S["ArrivedName"];
export type WordsTrial = S["WordsTrialReply"];
export type Protocol = S["ProtocolReply"];
export type SchemaEvent = S["EventName"];
export type SchemaProperty = S["Property"];
export type Schema = S["Schema"];
export type KindsOfProperty = S["KindsOfProperty"];

export type Enrichment = S["EnrichmentReply"];
export type EnrichmentTrial = S["TrialReply"];

export type Dates = S["Dates"];
export interface Last {
  last: number;
  unit?: S["Last"]["unit"];
}
export type Period = Dates | Last;

export type AnalysisKind = S["AnalysisReply"];
export type Family = AnalysisKind["family"];

export type Provenance = S["Provenance"];
export type SignificanceTest = S["FunnelAnswer"]["comparisons"][number]["tests"][number];
export interface Answer<Result = unknown, Params = Record<string, unknown>> {
  kind: string;
  params: Params;
  result: Result;
  comparisons: { label: Bilingual; result: Result; tests: SignificanceTest[] }[];
  provenance: Provenance;
}

export type PersonRow = S["PersonRow"];
export type PeoplePage = S["PeoplePage"];
export type PersonLink = S["Link"];
export type Person = S["Person"];
export type Hand = S["Hand"];
export type IdentityRules = S["IdentityRules"];
export type TypeRule = IdentityRules["types"][number];
export type RulesReply = S["IdentityRulesReply"];
export type RulesOutcome = S["IdentityRulesOutcome"];
export type IdentityPreview = S["DecisionPreview"];
export type ChangedPerson = S["ChangedPerson"];
export type Decided = S["Decided"];
export type IdentityWhy = S["WhyReply"];
export type IdentityLog = S["MergeLog"];
export type Suggestions = S["Suggestions"];
export type Suggestion = S["Suggestion"];
export type SuggestedPerson = S["SuggestedPerson"];
export type SuggestionRun = S["SuggestionRun"];
export type AllAccepted = S["AllAccepted"];
export type LogEntry = S["LogEntry"];
export type Quarantine = S["Quarantine"];
export type TimelineEvent = S["TimelineEvent"];
export type TimelinePage = S["Timeline"];

/** What a figure opens: the persons behind one cell of one question. */
export interface Opens {
  kind: string;
  params: Record<string, unknown>;
  cell: Record<string, unknown>;
  comparison?: number;
}

export type Alert = S["AlertReply"];
export type AlertDefinition = S["AlertDefinition"];
export type ArrivalAlert = S["ArrivalAlert"];
export type AnyAlert = Alert["definition"];
export type ArrivalNews = S["NewsReply"];
export type AlertHistory = S["AlertHistory"];
export type AlertCheck = S["CheckReply"];
export type AlertChecked = S["Checked"];
export type Delivery = S["DeliveryReply"];
export type Destination = S["DestinationReply"];
export type Channel = S["ChannelReply"];
export type Rehearsed = S["Rehearsed"];

export type Metric = S["MetricReply"];
export type MetricDefinition = S["MetricDefinition"];
export type MetricVersions = S["MetricVersions"];
export type MetricValue = S["MetricValue"];
export type MetricSeries = S["MetricSeries"];

export type Segment = S["SegmentReply"];
export type SavedSegment = S["SavedReply"];

export type Tile = S["Tile"];
export type Board = S["BoardReply"];

export type HomeFigure = S["Figure"];
export type HomeHour = S["Hour"];
export type HomeChannel = S["ChannelRow"];
export type HomeGoods = S["GoodsRow"];
export type HomeReport = S["HomeReport"];

export type LiveFact = S["LiveFact"];
export type Sighting = S["SightingReply"];
export type SightingValue = S["ValueSeen"];
export type SightingRemark = S["RemarkSeen"];

export type RejectedItem = S["RejectedEvent"];
export type RejectedPage = S["RejectedPage"];
export type Verified = S["Verified"];
export type Verdict = S["VerdictReply"];
export type PastRuns = S["PastRuns"];
export type Replayed = S["ReplayReply"];

/** Kinds of files are plugins of the server; these are the ones the import page has words for. */
export type ImportKind = "events" | "orders" | "items" | "costs" | "lift" | "people" | "consents" | "weblog";
export type ImportColumn = S["Column"];
export type ImportProblem = S["Problem"];
export type ImportPreview = S["Preview"];
export type ImportSummary = S["ImportReply"];
export type PastImport = S["ImportEntry"];
export type ImportMapping = S["Mapping"];

export type Connector = S["ConnectorReply"];
export type ConnectorKind = S["ConnectorKind"];
export type ConnectorRun = S["RunReply"];
export type ConnectorFound = S["FoundReply"];
export type Schedule = S["Schedule"];

export type PickedEvent = S["PickReply"];
export type PickDefinition = S["PickDefinition"];
export type Tried = S["Tried"];
export type Clicked = S["Clicked"];

export type Goal = S["GoalReply"];
export type GoalDefinition = S["GoalDefinition"];
export type GoalPart = S["GoalPart"];
export type GoalVersions = S["GoalVersions"];
export type GoalRow = S["GoalRow"];
export type GoalProgress = S["GoalProgress"];
export type ExplainedGoal = S["ExplainedGoal"];

export type PrivacyPolicy = S["Policy"];
export type PrivacyReply = S["PolicyReply"];
export type Consents = S["ConsentReply"];
export type ConsentForm = Pick<S["NewConsent"], "purpose" | "state"> & Partial<S["NewConsent"]>;
export type Erasure = S["ErasureReply"];
export type ErasureForm = Partial<S["NewErasure"]>;
export type Plan = S["PlanReply"];
export type PlanEvent = S["PlanEvent"];
export type PlanProperty = S["PlanProperty"];
export type PlanChange = S["PlanChange"];
export type PlanCoverage = S["CoverageReply"];
export type CoveredEvent = S["CoveredEvent"];
export type PlanDraft = S["PlanDraft"];
export type PlanHistory = S["PartHistory"];
export type PlanMode = Source["plan_mode"];
export type Violation = S["ViolationReply"];
export type ViolationKey = { [K in "source" | "event" | "property" | "code"]: Violation[K] };
export type Volume = S["VolumeReply"];
export type ReleaseRun = Partial<S["Run"]>;
export type ReleaseReport = S["RunReport"];
