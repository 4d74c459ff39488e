import type * as v from "valibot";
import type { Known } from "../gemini/json-schema.ts";
import type { AuditAnswer, Finding } from "../artifacts/audit-report.ts";
import type { AxesAnswer, Axis } from "../artifacts/axes.ts";
import type { Charter, CharterAnswer } from "../artifacts/charter.ts";
import type { Cluster, ClustersAnswer } from "../artifacts/clusters.ts";
import type { CompanyProfile, CompanyProfileAnswer } from "../artifacts/company-profile.ts";
import type { EvidenceAnswer, EvidenceUnit } from "../artifacts/evidence.ts";
import type { FocalIssue, FocalIssueAnswer } from "../artifacts/focal-issue.ts";
import type { Domain, Force, ForcesAnswer } from "../artifacts/forces.ts";
import type { MediaAnswer, Scenario, ScenariosAnswer } from "../artifacts/scenarios.ts";
import type { StrategiesAnswer, Strategy } from "../artifacts/strategies.ts";
import type { WindTunnelAnswer } from "../artifacts/wind-tunnel.ts";
import type { QueriesAnswer } from "./queries-answer.ts";

interface Asked<About, Answer> {
  readonly about: About;
  readonly answer: Answer;
}

/** A cluster as far as it is found by arithmetic. */
export interface Unnamed {
  readonly cluster_id: string;
  readonly centroid_summary: string;
  readonly forces: readonly Pick<Force, "force_id" | "domain" | "label" | "mechanism">[];
}

/** Where a scenario is: axis id to pole. */
export interface Quadrant {
  readonly scenario_id: string;
  readonly axis_states: Readonly<Record<string, string>>;
}

/** What a node may ask a model: what it tells it, besides the brief, and what it gets. */
export interface Questions {
  readonly charter: Asked<object, CharterAnswer>;
  readonly focal_issue: Asked<{ readonly charter: Charter }, FocalIssueAnswer>;
  readonly company_profile: Asked<
    { readonly found: string; readonly sources: readonly string[] },
    CompanyProfileAnswer
  >;
  readonly queries: Asked<
    { readonly focal_issue: FocalIssue; readonly company_profile: CompanyProfile },
    QueriesAnswer
  >;
  readonly evidence: Asked<
    {
      readonly title: string;
      readonly url: string;
      readonly content: string;
      readonly focal_issue: string;
    },
    EvidenceAnswer
  >;
  readonly forces: Asked<
    {
      readonly domain: Domain;
      /** How many to name now, and how many there will be in this domain. */
      readonly count: number;
      readonly total: number;
      /** Labels named before. */
      readonly named: readonly string[];
      readonly focal_issue: string;
      readonly evidence: readonly Pick<EvidenceUnit, "id" | "title" | "summary" | "claims">[];
    },
    v.InferOutput<typeof ForcesAnswer>
  >;
  readonly clusters: Asked<{ readonly clusters: readonly Unnamed[] }, ClustersAnswer>;
  readonly uncertainty_axes: Asked<
    {
      readonly focal_issue: string;
      readonly clusters: readonly Cluster[];
      /** The most important first. */
      readonly forces: readonly Pick<Force, "force_id" | "domain" | "label" | "directionality">[];
    },
    AxesAnswer
  >;
  readonly scenarios: Asked<
    {
      readonly focal_issue: string;
      readonly axes: readonly Axis[];
      readonly quadrants: readonly Quadrant[];
      readonly clusters: readonly Cluster[];
      readonly forces: readonly Pick<Force, "force_id" | "label" | "mechanism">[];
    },
    ScenariosAnswer
  >;
  readonly scenario_media: Asked<{ readonly scenario: Scenario }, MediaAnswer>;
  readonly strategies: Asked<
    {
      readonly focal_issue: string;
      readonly company_profile: CompanyProfile;
      readonly scenarios: readonly Scenario[];
    },
    StrategiesAnswer
  >;
  readonly wind_tunnel: Asked<
    {
      readonly pairs: readonly { readonly strategy_id: string; readonly scenario_id: string }[];
      readonly strategies: readonly Strategy[];
      readonly scenarios: readonly Scenario[];
      readonly assumptions: readonly string[];
      readonly outcomes: readonly string[];
    },
    WindTunnelAnswer
  >;
  readonly auditor: Asked<{ readonly findings: readonly Finding[] }, AuditAnswer>;
}

export type QuestionName = keyof Questions;
export type About<Name extends QuestionName> = Questions[Name]["about"];
export type Answer<Name extends QuestionName> = Questions[Name]["answer"];

export interface Question<Name extends QuestionName> {
  /** What the model is to do with the context. */
  readonly prompt: string;
  /** What its answer looks like; members beside these are dropped. */
  readonly answer: v.GenericSchema<unknown, Answer<Name>>;
  /** What of it is known when it is asked: the ids in the context, and how many there are to be. */
  readonly known?: (about: About<Name>) => Known;
}
