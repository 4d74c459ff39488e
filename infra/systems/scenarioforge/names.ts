/** The names of what scenarioforge consists of. */

export const SYSTEM = "scenarioforge";

/** Functions, the roles they run and the accounts they run as: all three bear one name. */
export const FUNCTIONS = { api: "scenarioforge", worker: "scenarioforge-worker" } as const;

/** Service account that tasks carry. */
export const TASKS = "scenarioforge-tasks";
/** Queue of the runs' nodes and of sweeps. */
export const QUEUE = "scenarioforge";

/** The server's own LLM key. */
export const GEMINI_API_KEY = "GEMINI_API_KEY";
/** Seals callers' LLM keys on their way from the run API to the worker. */
export const SEAL_KEY = "scenarioforge-seal-key";
/** Whose keys let in. */
export const API_KEYS = "scenarioforge-api-keys";

/** What both roles may do with the objects of runs. */
export const RUNS_ROLE = "scenarioforgeRuns";

export const IDENTITIES = {
  [FUNCTIONS.api]: "The run API: launches runs, shows them, deletes them",
  [FUNCTIONS.worker]: "Runs the nodes of runs: asks Gemini, reads the web",
  [TASKS]: "Whom tasks carry: calls the worker",
};

interface Named {
  readonly project: string;
  readonly scenarioBucket: string;
}

/** Bucket of the runs. */
export function runsBucket({ project, scenarioBucket }: Named): string {
  return scenarioBucket === "" ? `${project}-scenarioforge` : scenarioBucket;
}
