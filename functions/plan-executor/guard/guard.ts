import * as v from "valibot";
import { isConfiguration } from "../../messages/tofu-files.ts";
import { Unreadable, blocksIn, isPath, sourceOf } from "./block.ts";
import type { Block } from "./block.ts";
import { readHcl } from "./hcl.ts";
import { isAllowedProvider } from "./providers.ts";
import { providerNotAllowed, refusalsOf } from "./rules.ts";
import type { Policy } from "./rules.ts";
import { readTfJson } from "./tf-json.ts";
import type { Located, Place } from "../ports.ts";

/** Providers that were selected (opentofu.org/docs/language/files/dependency-lock). */
const LOCK_FILE = ".terraform.lock.hcl";
/** Of more than these only the first are named. */
const MAX_NAMED = 20;
/** Modules of one configuration; more is a loop or an attack. */
const MAX_MODULES = 1_000;
/** Calls of them: each is a copy that OpenTofu lists and loads. */
const MAX_CALLS = 1_000;

/**
 * Looks for what may not run, before it could. It closes the short ways; what remains open to a provider that is allowed
 * is bounded by the account that plans run under, and by what they are told.
 */
export class Guard {
  readonly #place: Place;
  readonly #policy: Policy;
  readonly #seen = new Set<string>();
  readonly #problems: string[] = [];
  readonly #files: Block[] = [];
  #calls = 0;
  /** The planned directory. */
  #root: string | undefined;

  constructor(place: Place, policy: Policy) {
    this.#place = place;
    this.#policy = policy;
  }

  /** A sentence each: file, line, rule, and what would allow it. */
  get problems(): readonly string[] {
    const left = this.#problems.length - MAX_NAMED;
    const named = this.#problems.slice(0, MAX_NAMED);
    return left > 0 ? [...named, `… and ${left} more.`] : named;
  }

  /** The configuration that was read. */
  get files(): readonly Block[] {
    return this.#files;
  }

  /** Judges a module and the modules that it calls by path. */
  async module(folder: string): Promise<void> {
    this.#root ??= folder;
    if (this.#seen.has(folder)) return;
    this.#seen.add(folder);
    if (this.#seen.size > MAX_MODULES) {
      this.#problems.push(`There are more than ${MAX_MODULES} modules.`);
      return;
    }
    for (const name of (await this.#place.names(folder)).filter(isConfiguration).sort()) {
      await this.#file(folder, name);
    }
  }

  /** Judges what initialisation brought: every module, and the providers that it selected. */
  async installed(folder: string): Promise<void> {
    const { data } = this.#place;
    const manifest = await this.#mayHave(data, "modules/modules.json", "modules.json");
    const paths = manifest === undefined ? [] : modulesOf(manifest);
    if (paths === undefined) this.#problems.push("modules.json: it cannot be judged.");
    for (const path of paths ?? []) await this.#called(folder, path, "modules.json");
    await this.#providers(folder);
  }

  async #file(folder: string, name: string): Promise<void> {
    const file = await this.#place.locate(folder, name);
    const shown = this.#shown(folder, name);
    if (file.kind === "folder") return;
    const text = await this.#text(file, shown);
    if (text === undefined) return;
    const read = parse(name, text);
    if (read instanceof Unreadable) {
      this.#problems.push(`${shown}:${read.line}: it cannot be judged: ${read.message}.`);
      return;
    }
    this.#files.push(read);
    for (const { line, message } of refusalsOf(read, this.#policy, folder === this.#root)) {
      this.#problems.push(`${shown}:${line}: ${message}.`);
    }
    for (const block of blocksIn(read)) {
      const source = sourceOf(block);
      if (block.type === "module") this.#count();
      if (source?.literal !== undefined && isPath(source.literal)) {
        await this.#called(folder, source.literal, `${shown}:${source.line}`);
      }
    }
  }

  /** Text of a file that need not be there. One that is there and cannot be read is a problem. */
  async #mayHave(folder: string, name: string, shown: string): Promise<string | undefined> {
    const file = await this.#place.locate(folder, name);
    return file.kind === "missing" ? undefined : this.#text(file, shown);
  }

  async #text(file: Located, shown: string): Promise<string | undefined> {
    const text = file.kind === "file" ? await this.#place.read(file.path) : undefined;
    if (text === undefined) {
      this.#problems.push(`${shown}: it leads out of the repository, or is too large to judge.`);
    }
    return text;
  }

  #count(): void {
    this.#calls += 1;
    if (this.#calls !== MAX_CALLS + 1) return;
    this.#problems.push(`There are more than ${MAX_CALLS} calls of modules.`);
  }

  async #called(folder: string, path: string, from: string): Promise<void> {
    const called = await this.#place.locate(folder, path);
    if (called.kind === "folder") await this.module(called.path);
    if (called.kind === "outside") {
      this.#problems.push(`${from}: the module "${path}" is outside of the repository.`);
    }
  }

  async #providers(folder: string): Promise<void> {
    const lock = await this.#mayHave(folder, LOCK_FILE, LOCK_FILE);
    if (lock === undefined) return;
    const read = parse(LOCK_FILE, lock);
    if (read instanceof Unreadable) {
      this.#problems.push(`${LOCK_FILE}:${read.line}: it cannot be judged: ${read.message}.`);
      return;
    }
    for (const { type, labels, line } of read.blocks) {
      const [source = ""] = labels;
      if (type !== "provider" || isAllowedProvider(source, this.#policy.providers)) continue;
      this.#problems.push(`${LOCK_FILE}:${line}: ${providerNotAllowed(source)}.`);
    }
  }

  #shown(folder: string, name: string): string {
    const path = `${folder}/${name}`;
    for (const root of [this.#place.checkout, this.#place.data]) {
      if (path.startsWith(`${root}/`)) return path.slice(root.length + 1);
    }
    return name;
  }
}

function parse(name: string, text: string): Block | Unreadable {
  try {
    return name.endsWith(".json") ? readTfJson(text) : readHcl(text);
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
}

/** OpenTofu's list of installed modules, as it writes it. */
const MANIFEST = v.object({ Modules: v.optional(v.array(v.object({ Dir: v.string() })), []) });

/** The folders in that list; undefined where it is none. */
function modulesOf(manifest: string): string[] | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), MANIFEST), manifest);
  return parsed.success ? parsed.output.Modules.map(({ Dir }) => Dir) : undefined;
}
