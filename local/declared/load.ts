/** What a stack declares, by the program as it stands on disk now. */
import { sep } from "node:path";
import { keyOf, startBundling, UnusableRole, type Wanted } from "./bundles.ts";
import type { Declared } from "./declared.ts";
import type { Elsewhere } from "./further.ts";
import type { ServiceSpec } from "../host/spec.ts";
import type { Recorded, RecordRequest } from "./recorded.ts";
import { unsealed } from "./secrets-codec.ts";
import { LocalSecrets } from "./secrets.ts";
import { inThread } from "./thread.ts";

/** What is wrong with the stack's config or the program, in sentences for the person who wrote it. */
export class UnusableProgram extends Error {
  override readonly name = "UnusableProgram";
}

/**
 * Throws an UnusableProgram when the program cannot be recorded or cannot run locally. What `secrets` lack is made up, and
 * kept there. `elsewhere`: where the stack is, and what the lists have besides; default: the project's own.
 */
export async function loadDeclared(
  stack: string,
  secrets = new LocalSecrets(),
  signal?: AbortSignal,
  elsewhere?: Elsewhere,
): Promise<Declared> {
  const request: RecordRequest = { stack, known: secrets.known(), elsewhere };
  const recorded = await inThread<Recorded>("record-thread.ts", request, signal).catch(unreadable);
  if ("problem" in recorded) throw new UnusableProgram(recorded.problem);
  secrets.keep(recorded.standIns);
  return unsealed(recorded.declared) as Declared;
}

/**
 * What is declared after a change of these files of functions/ (paths from the project's root): the roles they belong to are
 * bundled again, and the rest is as it was. Saves loading Pulumi, which takes most of the time of a whole recording. Throws
 * an UnusableProgram when a role cannot be bundled.
 */
export async function rebundled(
  declared: Declared,
  files: readonly string[],
  signal?: AbortSignal,
): Promise<Declared> {
  const { services, standIns } = declared;
  const sources = [...services, ...standIns];
  const all = new Set(sources.map(({ role }) => role));
  // Roles never import each other; whatever is no role's is shared by them.
  const folders = new Set(files.map((file) => file.split(sep)[1] ?? ""));
  const changed = folders.isSubsetOf(all) ? folders : all;
  const wanted = sources.map(wantedFor).filter(({ role }) => changed.has(role));
  const bundleOf = startBundling(wanted, signal);
  const hashes = new Map<string, string>();
  try {
    for (const each of wanted) hashes.set(keyOf(each), (await bundleOf(each.role, each)).hash);
  } catch (error) {
    if (error instanceof UnusableRole) throw new UnusableProgram(error.message);
    return unreadable(error);
  }
  const renamed = (source: ServiceSpec): ServiceSpec => ({
    ...source,
    source: source.source.replace(HASH, (hash) => hashes.get(keyOf(wantedFor(source))) ?? hash),
  });
  return { ...declared, services: services.map(renamed), standIns: standIns.map(renamed) };
}

function wantedFor({ role, start }: ServiceSpec): Wanted {
  return { role, form: "command" in start ? "service" : "function" };
}

/** Of a bundle's content, in the name of its object. */
const HASH = /[0-9a-f]{64}/;

/** A file that cannot even be loaded: its error begins with place and line. */
function unreadable(error: unknown): never {
  if (error instanceof Error && error.name === "AbortError") throw error;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  throw new UnusableProgram(text.split("\n    at ")[0] ?? text);
}
