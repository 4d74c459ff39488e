// What is to be done about a run's findings (contract, 1.7).
import * as v from "valibot";
import type { Reply } from "../runtime/door/reply.ts";
import { isRecord, parsedJson, timestamp } from "../scenarios/json.ts";
import { overwrite } from "../scenarios/overwrite.ts";
import { artifactPath } from "../scenarios/paths.ts";
import { jsonContent } from "../scenarios/runs.ts";
import { readOnly } from "./build.ts";
import type { Caller } from "./keys.ts";
import type { Ports } from "./ports.ts";
import { seenBy, viewModel, type Seen } from "./reads.ts";

export const ACTION_CONSOLE = "action_console.json";

const Line = (max: number) =>
  v.pipe(v.string("must be a string"), v.maxLength(max, `must have at most ${max} characters`));
const MaybeLine = v.optional(v.nullable(Line(500)), null);

const Item = v.object({
  id: v.pipe(Line(100), v.nonEmpty("must not be empty")),
  priority: v.picklist(["P0", "P1", "P2"], "must be P0, P1 or P2"),
  type: v.picklist(
    ["hardening", "hedge", "trigger", "custom"],
    "must be hardening, hedge, trigger or custom",
  ),
  title: v.pipe(Line(1_000), v.nonEmpty("must not be empty")),
  strategy: MaybeLine,
  scenario: MaybeLine,
  trigger: MaybeLine,
  owner: v.optional(Line(200), ""),
  due: v.optional(Line(100), ""),
  status: v.optional(
    v.picklist(
      ["open", "in_progress", "done", "blocked"],
      "must be open, in_progress, done or blocked",
    ),
    "open",
  ),
  source: v.optional(Line(100), "custom"),
});
export type ActionItem = v.InferOutput<typeof Item>;

export const ConsoleRequest = v.object({
  items: v.pipe(v.array(Item, "must be a list"), v.maxLength(200, "must have at most 200 items")),
});

/** What stands in a stored console. What is no item is left out: others write these files too. */
export function itemsIn(console: unknown): ActionItem[] {
  return (isRecord(console) ? listIn(console, "items") : []).flatMap((each) => {
    const read = v.safeParse(Item, each);
    return read.success ? [read.output] : [];
  });
}

/** The stored one, else what the run's recommendations say. Derived anew it is the same, but for nothing. */
export async function showConsole(caller: Caller, runId: string, ports: Ports): Promise<Reply> {
  const seen = await seenBy(caller, runId, ports);
  const stored = await seen.store.get(artifactPath(runId, ACTION_CONSOLE));
  const saved = stored === undefined ? undefined : parsedJson(stored.bytes);
  const body = isRecord(saved) ? saved : await derived(seen, seen.run.updated_at ?? null, ports);
  return { status: 200, body };
}

export async function saveConsole(
  { items }: v.InferOutput<typeof ConsoleRequest>,
  caller: Caller,
  runId: string,
  ports: Ports,
): Promise<Reply> {
  const seen = await writable(caller, runId, ports);
  return save(seen, { run_id: runId, updated_at: timestamp(ports.now()), items }, ports);
}

export async function generateConsole(caller: Caller, runId: string, ports: Ports): Promise<Reply> {
  const seen = await writable(caller, runId, ports);
  return save(seen, await derived(seen, timestamp(ports.now()), ports), ports);
}

/** 409 where the run has ended: what it made stays as it is. */
async function writable(caller: Caller, runId: string, ports: Ports): Promise<Seen> {
  const seen = await seenBy(caller, runId, ports);
  if (seen.run.is_final) throw readOnly();
  return seen;
}

async function save(
  { store, runId }: Seen,
  console: Record<string, unknown>,
  ports: Ports,
): Promise<Reply> {
  await overwrite(store, artifactPath(runId, ACTION_CONSOLE), jsonContent(console), ports);
  return { status: 200, body: console };
}

async function derived(
  seen: Seen,
  updatedAt: string | null,
  ports: Ports,
): Promise<Record<string, unknown>> {
  const model = await viewModel(seen, ports);
  return {
    run_id: seen.runId,
    updated_at: updatedAt,
    items: itemsOf(model.wind_tunnel_evaluations_v2),
  };
}

/** P0 hardens the recommended strategy, P1 hedges it, P2 is to be watched: each trigger once, by what it says. */
export function itemsOf(evaluations: unknown): ActionItem[] {
  const recommendations = recordIn(evaluations, "recommendations");
  const primary = recordIn(recommendations, "primary_recommended_strategy");
  const strategy = typeof primary.strategy_name === "string" ? primary.strategy_name : null;
  const item = (
    priority: ActionItem["priority"],
    type: ActionItem["type"],
    title: string,
    trigger: string | null = null,
  ): Omit<ActionItem, "id"> => ({
    priority,
    type,
    title,
    strategy: type === "hardening" ? strategy : null,
    scenario: null,
    trigger,
    owner: "",
    due: "",
    status: "open",
    source: "wind_tunnel",
  });
  const texts = (name: string): string[] =>
    listIn(recommendations, name).filter((each): each is string => typeof each === "string");
  const triggers = listIn(recommendations, "triggers_to_watch")
    .filter(isRecord)
    .flatMap(({ trigger_id: id, description, recommended_action: action }) => {
      const told = typeof description === "string" && description !== "" ? description : action;
      return typeof told === "string" ? [{ id: typeof id === "string" ? id : told, told }] : [];
    });
  const once = [...new Map(triggers.map((each) => [each.id, each.told])).values()];
  return [
    ...texts("hardening_actions").map((title) => item("P0", "hardening", title)),
    ...texts("hedge_actions").map((title) => item("P1", "hedge", title)),
    ...once.map((told) => item("P2", "trigger", told, told)),
  ].map((each, at) => ({ id: `action-${at + 1}`, ...each }));
}

function recordIn(value: unknown, name: string): Record<string, unknown> {
  const member = isRecord(value) ? value[name] : undefined;
  return isRecord(member) ? member : {};
}

function listIn(value: Record<string, unknown>, name: string): unknown[] {
  const member = value[name];
  return Array.isArray(member) ? member : [];
}
