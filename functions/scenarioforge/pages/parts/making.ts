import { html } from "hono/html";
import * as v from "valibot";
import { RunId } from "../../../messages/scenario-names.ts";
import type { NodeEvent, Run } from "../../../scenarios/run.ts";
import { askButton, keyNote } from "../../../viewer/components/actions.ts";
import { figures, facts } from "../../../viewer/components/facts.ts";
import { section } from "../../../viewer/components/section.ts";
import { timeline, type Step } from "../../../viewer/components/timeline.ts";
import { clock, counted, day, duration, number } from "../../../viewer/format.ts";
import { isRecord } from "../../../scenarios/json.ts";
import type { Html } from "../../../viewer/html.ts";
import { stepsFrom } from "../nodes.ts";

export interface Making {
  readonly runId: string;
  readonly run: Run;
  readonly events: readonly NodeEvent[];
  readonly isStalled: boolean;
}

/** How the run came about: every node with its attempts, how long it took and what it cost. */
export function makingPart(making: Making): Html {
  const { run, events } = making;
  const steps = stepsFrom(events, run).map((step) => withHelp(step, making));
  return section({
    id: "making",
    title: run.is_final ? "How it was made" : "Under way",
    lede: run.is_final
      ? "Node by node, each with its attempts. What failed says why, and what helps."
      : "Node by node. What a node has made appears below as soon as it is there.",
    body: [figures(cost(making, steps)), timeline(steps), facts(parameters(run))],
  });
}

function isThrough({ state }: Step): boolean {
  return ["done", "skipped", "kept"].includes(state);
}

/** How many nodes are through, of how many. */
export function progressOf(run: Run, events: readonly NodeEvent[]) {
  const steps = stepsFrom(events, run);
  const through = steps.filter(isThrough);
  return {
    through: through.length,
    all: steps.length,
    running: steps.find(({ state }) => state === "running"),
    failed: steps.findLast(({ state }) => state === "failed"),
  };
}

function withHelp(step: Step, { runId, run, isStalled }: Making): Step {
  const canResume = !run.is_deleted && (isStalled || (run.is_final && run.status === "FAILED"));
  if (step.state !== "failed" || !canResume) return step;
  return {
    ...step,
    help: html`<p class="buttons" data-keyed hidden>
        ${askButton({
          text: `Try again from ${step.title}`,
          ask: `POST /runs/${runId}/resume`,
          body: { resume_from: step.name },
          then: "reload",
          isPrimary: true,
        })}
        ${askButton({ text: "Run anew", ask: `POST /runs/${runId}/clone`, then: "/runs/{run_id}" })}
      </p>
      ${keyNote("What came before it is kept. Trying again needs a key.")}`,
  };
}

function cost({ run, events }: Making, steps: readonly Step[]) {
  const usages = events.flatMap(({ usage }) => usage ?? []);
  const requests = usages.reduce((sum, usage) => sum + usage.requests, 0);
  const tokens = usages.reduce((sum, usage) => sum + usage.tokens, 0);
  const began = Date.parse(run.created_at ?? "");
  const ended = Date.parse(run.completed_at ?? run.updated_at ?? "");
  const extra = steps.reduce((sum, { attempts }) => sum + Math.max(0, attempts.length - 1), 0);
  const isMock = run.signature_payload?.mode === "demo";
  const through = steps.filter(isThrough);
  return [
    run.is_final
      ? { label: "From launch to end", value: duration((ended - began) / 1000) }
      : { label: "Running since", value: clock(run.created_at) ?? "–", note: "UTC" },
    {
      label: "Nodes",
      value: run.is_final ? number(steps.length) : `${through.length} of ${steps.length}`,
      note: extra === 0 ? "none tried twice" : `${counted(extra, "attempt")} more than needed`,
    },
    {
      label: "Tokens",
      value: number(tokens),
      note:
        tokens === 0
          ? isMock
            ? "a demo run asks no model: it cost nothing"
            : "no model was asked"
          : `in ${counted(requests, "request")} to the model`,
    },
  ];
}

function parameters(run: Run) {
  const { signature_payload: payload, parent_run_id: parent } = run;
  const models = isRecord(payload?.models) ? payload.models : {};
  const text = (value: unknown): string | undefined =>
    typeof value === "string" && value !== "" ? value : undefined;
  const isMock = payload?.mode === "demo";
  const at = (iso: string | null | undefined): string | undefined => {
    const [date, time] = [day(iso), clock(iso)];
    return date === undefined || time === undefined ? undefined : `${date}, ${time} UTC`;
  };
  return [
    ["Launched", at(run.created_at)],
    ["Ended", at(run.completed_at)],
    [
      "Mode",
      payload?.mode === undefined ? undefined : isMock ? "Demo: simulated evidence" : "Live",
    ],
    ["Model", isMock ? undefined : text(models.llm_model)],
    ["Executions", run.execution > 1 ? number(run.execution) : undefined],
    [
      "In place of",
      v.is(RunId, parent) ? html`<a href="/runs/${parent}">${parent}</a>` : text(parent),
    ],
  ] as const;
}
