import * as v from "valibot";
import { Flag, Origin, orDefault, whole } from "../runtime/variables.ts";
import { SharedEntries } from "../scenarios/env.ts";

/** Environment of scenarioforge-worker; all values are strings. */
export const ScenarioforgeWorkerEnv = v.object({
  ...SharedEntries,
  /** Own origin, the audience of the tasks' tokens. */
  AUDIENCE: Origin,
  /** "true" where only holders of run.invoker get through to this service. */
  PRIVATE: v.optional(Flag, "false"),
  /** How long a node's lease holds without being renewed: what a killed worker costs. */
  NODE_LEASE_SECONDS: orDefault(whole("seconds", 2, 600), "60"),
  /** How often it is renewed. */
  NODE_LEASE_RENEW_SECONDS: orDefault(whole("seconds", 1, 300), "15"),
  /** Attempts of one node before its run fails. */
  NODE_MAX_ATTEMPTS: orDefault(whole("attempts", 1, 10), "3"),
  /** Requests to Gemini that one run may make, all attempts together. */
  RUN_MAX_REQUESTS: orDefault(whole("requests", 1, 100_000), "400"),
  /** Tokens that it may use, those of requests, answers and thoughts together. */
  RUN_MAX_TOKENS: orDefault(whole("tokens", 1_000, 999_999_999), "3000000"),
});
/** What a deployment must supply: names and kinds before parsing. */
export type ScenarioforgeWorkerVariables = v.InferInput<typeof ScenarioforgeWorkerEnv>;
export type ScenarioforgeWorkerEnv = v.InferOutput<typeof ScenarioforgeWorkerEnv>;
