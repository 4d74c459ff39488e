import type { PlanExecutionResult, PlanTimings } from "../messages/plan-execution.ts";
import { hintFor, unframed } from "./output/explain.ts";
import type { Ended, Place, Ports, Tofu } from "./ports.ts";
import { StepFailed } from "./step-failed.ts";

const TIMINGS = {
  "tofu init": "tofu_init_ms",
  "tofu plan": "tofu_plan_ms",
  "tofu show": "tofu_show_ms",
} as const satisfies Record<string, keyof PlanTimings>;

/** A command of OpenTofu, as results name it. */
type Step = keyof typeof TIMINGS;

/** Runs one command to its success, in the folder of the module; throws StepFailed. */
export type Command = (
  step: Step,
  args: readonly string[],
  output?: (chunk: Buffer) => void,
) => Promise<void>;

/** One plan on the way: how long each step took, and when all of it must end. */
export class Run {
  readonly timings: PlanTimings = {
    git_fetch_ms: 0,
    git_checkout_ms: 0,
    tofu_init_ms: 0,
    tofu_plan_ms: 0,
    tofu_show_ms: 0,
  };
  /** Aborted when the time is over, or nobody waits any more. */
  readonly signal: AbortSignal;
  readonly #deadline: AbortSignal;
  readonly #ms: number;
  readonly #now: () => number;
  #doing = "downloading the commit";

  /** `ms`: what everything may take. */
  constructor(ms: number, ports: Pick<Ports, "now" | "deadline">, gone: AbortSignal) {
    this.#ms = ms;
    this.#now = ports.now;
    this.#deadline = ports.deadline(ms);
    this.signal = AbortSignal.any([this.#deadline, gone]);
  }

  /** The time is over. */
  get isOver(): boolean {
    return this.#deadline.aborted;
  }

  /** Says how far it got. */
  timeout(): Omit<Extract<PlanExecutionResult, { outcome: "failed" }>, "timings" | "warnings"> {
    const took = Object.entries(TIMINGS)
      .filter(([, timing]) => this.timings[timing] > 0)
      .map(([step, timing]) => `${step} ${seconds(this.timings[timing])}`);
    const error = [
      `Stopped after ${seconds(this.#ms)}, the limit of a plan, while ${this.#doing}.`,
      ...(took.length > 0 ? [`It took: ${took.join(", ")}.`] : []),
    ].join(" ");
    const hint = "Split the directory into smaller ones, or plan fewer resources in it.";
    return { outcome: "failed", step: "timeout", error, hint };
  }

  commandsOf(
    tofu: Tofu,
    where: { readonly place: Place; readonly folder: string; readonly workspace: string },
  ): Command {
    return async (step, args, output) => {
      this.signal.throwIfAborted();
      this.#doing = `${step} was running`;
      const started = this.#now();
      const ended = await tofu.run(args, {
        ...where,
        signal: this.signal,
        ...(output !== undefined && { output }),
      });
      const timing = TIMINGS[step];
      // Two commands of one step run side by side.
      this.timings[timing] = Math.max(this.timings[timing], Math.round(this.#now() - started));
      this.signal.throwIfAborted();
      requireSuccess(step, ended);
    };
  }
}

function requireSuccess(step: Step, { code, signal, errors }: Ended): void {
  // -detailed-exitcode: 2 is a plan with changes (opentofu.org/docs/cli/commands/plan).
  if (code === 0 || (code === 2 && step === "tofu plan")) return;
  const text = unframed(errors);
  if (signal !== null) {
    const hint =
      signal === "SIGKILL"
        ? "Nobody here stopped it: most likely the memory was used up. Raise planMemory of the stack."
        : undefined;
    throw new StepFailed(step, `ended by ${signal} | ${text}`, hint);
  }
  throw new StepFailed(step, `exit status ${code ?? "unknown"} | ${text}`, hintFor(text));
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
