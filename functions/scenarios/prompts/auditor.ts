import { AuditAnswer } from "../artifacts/audit-report.ts";
import type { Question } from "./question.ts";

export const auditor: Question<"auditor"> = {
  answer: AuditAnswer,
  prompt: `The artifacts of the study were checked by a program. Sum up its findings for the reader of the study in plain words:
how much they weigh, and what to do about them. Do not excuse them and do not add any.`,
};
