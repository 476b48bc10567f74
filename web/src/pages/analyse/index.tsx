export { AnalysisPage } from "./AnalysisPage";
export { AnswerView } from "./AnswerView";
