/** How scenarioforge's story launches runs and looks at them. */
import type { Answer, AskOptions, Stage } from "../../../demo/stage.ts";

const ROLE = "scenarioforge";
/** Whoever brings a key gets in, as long as no keys are configured. */
const KEY: AskOptions = { headers: { "X-Api-Key": "a-key-of-the-demo" } };

const PARAMETERS = { scope: "country", value: "Sweden", company: "Acme", horizon: 60 };

/** What a launch is answered. */
export interface Launched {
  readonly run_id: string;
  readonly reuse_reason: string | null;
  readonly status: string;
}

/** Launches a run, or finds the one of these parameters. `wait`: until it has ended. */
export async function build(
  stage: Stage,
  changes: object = {},
  { wait = false } = {},
): Promise<Answer & { readonly body: Launched }> {
  const path = wait ? "/build?wait=true" : "/build";
  const answer = await stage.ask(ROLE, path, { ...PARAMETERS, ...changes }, KEY);
  return { ...answer, body: answer.body as Launched };
}
