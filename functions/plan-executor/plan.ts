import * as v from "valibot";
import type { PlanExecution, PlanExecutionResult } from "../messages/plan-execution.ts";
import { isConfiguration, isVariableFile } from "../messages/tofu-files.ts";
import { HttpError } from "../runtime/errors.ts";
import { Guard } from "./guard/guard.ts";
import { overlookingIn } from "./guard/overlooked.ts";
import { BoundedText } from "./output/bounded-text.ts";
import { namesIn, sensitiveValues } from "./guard/variables.ts";
import { PlanReader } from "./output/plan-reader.ts";
import { Redactor } from "./output/redact.ts";
import { Warnings } from "./output/warnings.ts";
import { leavesOf } from "./output/sensitive.ts";
import { TEXT_BYTES } from "./limits.ts";
import type { CheckedOut, Ports } from "./ports.ts";
import { redacted } from "./redacted.ts";
import { Run } from "./run.ts";
import type { Command } from "./run.ts";
import { StepFailed } from "./step-failed.ts";

type Result = PlanExecutionResult;
type Planned = Pick<
  Extract<Result, { outcome: "planned" }>,
  "outcome" | "summary" | "text" | "omitted_bytes" | "warnings"
>;

/**
 * Plans one directory of one commit. Throws an HttpError 429 or 503 for what may work later, and the reason of `gone` once
 * whoever asked has gone. Nothing that it returns holds a secret that is known.
 */
export async function plan(
  execution: PlanExecution,
  gone: AbortSignal,
  ports: Ports,
): Promise<Result> {
  const redactor = new Redactor();
  redactor.addSecret(execution.archive);
  const warnings = new Warnings();
  const ms = Math.min(ports.maxMs, execution.budget_ms);
  const run = new Run(ms, ports, gone);
  const place = await ports.open();
  try {
    const world = { ...ports, place, redactor, warnings };
    const planned = await sequence(execution, world, run);
    return redacted({ ...planned, timings: run.timings }, redactor);
  } catch (error) {
    gone.throwIfAborted();
    const told = { ...warnings.read().told, timings: run.timings };
    if (run.isOver) return redacted({ ...run.timeout(), ...told }, redactor);
    if (error instanceof HttpError) throw withoutSecrets(error, redactor);
    if (!(error instanceof StepFailed)) throw error;
    const { step, message, hint } = error;
    const failed = { outcome: "failed", step, error: message, ...told } as const;
    return redacted(hint === undefined ? failed : { ...failed, hint }, redactor);
  } finally {
    if (!(await place.remove())) ports.log("WARNING", "Files of a plan could not be removed");
  }
}

const LINKS = "Links are followed where they lead to a place in the repository.";

type World = Ports & {
  readonly place: Awaited<ReturnType<Ports["open"]>>;
  readonly redactor: Redactor;
  readonly warnings: Warnings;
};

async function sequence(execution: PlanExecution, world: World, run: Run): Promise<Planned> {
  const { place, redactor, warnings } = world;
  const { work } = execution.request;
  // Fetched beside the checkout; whether it came is asked for below.
  const fetched = world.tofu();
  fetched.catch(() => undefined);
  await checkout(execution, world, run);
  const folder = await moduleFolder(work.dir, world);
  const varFiles = await variableFiles(folder, work.var_files, world);
  const tofu = await fetched;
  run.signal.throwIfAborted();
  if (!tofu.isIsolated) world.log("WARNING", "What this plan runs can read other processes");

  const { allow } = work.settings;
  const guard = new Guard(place, {
    allow,
    providers: [...world.allowedProviders, ...allow.providers],
    places: [...world.allowedPlaces, ...allow.places],
    hasGit: tofu.hasGit,
  });
  await guard.module(folder);
  judge(guard);
  await learn(guard, folder, varFiles, world);
  const command = run.commandsOf(tofu, { place, folder, workspace: work.workspace });
  const warned: Command = (step, args) =>
    command(step, args, (chunk) => warnings.add(chunk)).finally(() => warnings.end());
  await warned("tofu init", ["init", "-input=false", "-no-color"]);
  await guard.installed(folder);
  judge(guard);
  await overlook(guard, world);
  // What was installed has variables of its own.
  await learn(guard, folder, varFiles, world);
  const options = ["-input=false", "-no-color", "-lock=false", "-detailed-exitcode"];
  const files = varFiles.map((file) => `-var-file=${file}`);
  const reader = new PlanReader(work.settings, redactor);
  const read = (): Promise<void> =>
    command("tofu show", ["show", "-json", place.plan], (chunk) => reader.add(chunk));
  try {
    await warned("tofu plan", ["plan", ...options, `-out=${place.plan}`, ...files]);
  } catch (error) {
    if (error instanceof StepFailed) await learnFromFailed(reader, read);
    throw error;
  }

  const text = new BoundedText(TEXT_BYTES);
  await both(
    command("tofu show", ["show", "-no-color", place.plan], (chunk) => text.add(chunk)),
    read(),
  );
  const { count, told } = warnings.read();
  const summary = { ...finished(reader), warnings: count };
  const { head: first, tail, omittedBytes } = text.read();
  const omission = `\n… ${omittedBytes} bytes are left out here …\n\n`;
  const shown =
    omittedBytes === 0
      ? redactor.redact(first)
      : redactor.redact(first) + omission + redactor.redact(tail);
  return {
    outcome: "planned",
    summary,
    text: shown,
    omitted_bytes: omittedBytes,
    ...told,
  };
}

async function checkout(
  { archive, request: { repo, pull_request: pullRequest } }: PlanExecution,
  { place, now, ...ports }: World,
  run: Run,
): Promise<void> {
  const started = now();
  let done: CheckedOut | undefined;
  try {
    done = await ports.checkout(archive, place.checkout, run.signal);
  } finally {
    run.timings.git_fetch_ms = Math.round(done?.fetchMs ?? now() - started);
    run.timings.git_checkout_ms = Math.round(done?.unpackMs ?? 0);
  }
  if (done.kind === "done") return;
  const commit = `${repo.full_name} @ ${pullRequest.head_sha}`;
  throw new StepFailed("git fetch", `The archive of ${commit} cannot be used. ${done.error}`);
}

async function moduleFolder(dir: string, { place }: World): Promise<string> {
  const located = await place.locate(place.checkout, dir);
  if (located.kind === "outside") {
    throw new StepFailed("work.dir", `${dir} leads out of the repository, or nowhere.`);
  }
  if (located.kind !== "folder") throw new StepFailed("work.dir", `work.dir not found: ${dir}`);
  if (!(await place.names(located.path)).some(isConfiguration)) {
    const hint = "directories in .plan-runner.yaml names the directories that are planned.";
    throw new StepFailed("work.dir", `no .tf/.tofu files in ${dir}`, hint);
  }
  return located.path;
}

async function variableFiles(
  folder: string,
  files: readonly string[],
  { place }: World,
): Promise<string[]> {
  // OpenTofu takes a terraform.tfvars that cannot be read for one that is not there.
  for (const name of (await place.names(folder)).filter(isVariableFile)) {
    const { kind } = await place.locate(folder, name);
    if (kind !== "file") {
      throw new StepFailed("work.dir", `${name} leads out of the repository, or nowhere.`, LINKS);
    }
  }
  const located: string[] = [];
  for (const file of files) {
    const found = await place.locate(folder, file);
    if (found.kind !== "file") {
      const isOutside = found.kind === "outside";
      const why = isOutside ? "leads out of the repository, or nowhere" : "is not there";
      throw new StepFailed("work.dir", `The file ${file} of var_files ${why}.`);
    }
    located.push(found.path);
  }
  return located;
}

/** A link that leads out ends a plan that comes by it, but for expressions that do not notice. */
async function overlook({ files }: Guard, { place }: World): Promise<void> {
  const name = overlookingIn(files);
  const lost = name === undefined ? undefined : await place.lost();
  if (name === undefined || lost === undefined) return;
  const message = `${lost} leads out of the repository, or nowhere, and ${name}() would not notice.`;
  throw new StepFailed("guard", message, LINKS);
}

function judge({ problems }: Guard): void {
  if (problems.length > 0) throw new StepFailed("guard", problems.join("\n"));
}

/** What of the configuration itself must not be shown where it comes up in a message, and what may be. */
async function learn(
  { files }: Guard,
  folder: string,
  varFiles: readonly string[],
  { place, redactor, environment }: World,
): Promise<void> {
  const own = (await place.names(folder)).filter(isVariableFile).map((name) => `${folder}/${name}`);
  const variableFiles = await Promise.all(
    [...own, ...varFiles].map(async (name) => ({ name, text: await place.read(name) })),
  );
  for (const name of namesIn(files)) redactor.addName(name);
  const given = { variableFiles, environment };
  for (const leaf of leavesOf(sensitiveValues(files, given))) redactor.addSensitive(leaf);
}

/**
 * A plan that failed is saved all the same, as far as it came. Its messages may quote what only the state calls sensitive.
 * There is none where the configuration itself was refused; then no state was read either.
 */
async function learnFromFailed(reader: PlanReader, read: () => Promise<void>): Promise<void> {
  try {
    await read();
    finished(reader);
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
  }
}

function finished(reader: PlanReader): ReturnType<PlanReader["finish"]> {
  try {
    return reader.finish();
  } catch (error) {
    const why = error instanceof v.ValiError ? "it has a form that is not known" : messageOf(error);
    throw new StepFailed("tofu show", `The plan could not be read: ${why}`);
  }
}

function messageOf(error: unknown): string {
  // A SyntaxError quotes what it could not read.
  return error instanceof Error && !(error instanceof SyntaxError) ? error.message : "not JSON";
}

/** Waits for both, so that nothing runs on when one has failed. */
async function both(...commands: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(commands)) {
    if (result.status === "rejected") throw result.reason;
  }
}

function withoutSecrets(error: HttpError, redactor: Redactor): HttpError {
  const { status, detail, headers } = error;
  return new HttpError(status, detail.code, redactor.redact(detail.message), { headers });
}
