import type { PlanSettings } from "../../messages/plan-request.ts";
import { backendsOf, blocksIn, isRemoteState, sourceOf } from "./block.ts";
import type { Block } from "./block.ts";
import { ANYWHERE, isAllowedPlace, sendingsOf } from "./places.ts";
import { isAllowedProvider } from "./providers.ts";

/** What is refused, and where. */
interface Refusal {
  /** From 1. */
  readonly line: number;
  /** The rule, and what would allow it. */
  readonly message: string;
}

export interface Policy {
  readonly allow: NonNullable<PlanSettings["allow"]>;
  /** The stack's patterns and the repository's. */
  readonly providers: readonly string[];
  /** Likewise. */
  readonly places: readonly string[];
  /** Whether a `git` program is there for module sources. */
  readonly hasGit: boolean;
}

/** Data sources that run a program or fetch what the author of the change names; both happen during a plan. */
const DATA_SOURCES = ["external", "http", "local_command"];

/**
 * Arguments of providers, backends and remote states that name a program, or a file that may name one: the exec plugins
 * of Kubernetes' clients (kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins)
 * and the credential_process of AWS's (docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html).
 */
const RUNS_PROGRAMS = new Set([
  "aws_shared_credentials_file",
  "config_path",
  "config_paths",
  "exec",
  "plugins_path",
  "shared_config_file",
  "shared_config_files",
  "shared_credentials_file",
  "shared_credentials_files",
]);

/**
 * Arguments of providers that are objects with such arguments in them: Helm's `kubernetes`
 * (registry.terraform.io/providers/hashicorp/helm/latest/docs). What stands for the whole of one is hidden from view.
 * All others may be references, since nearly every provider has some: `region = var.region`.
 */
const OBJECTS = new Set(["kubernetes"]);

/** Blocks that configure what OpenTofu or a provider starts; the last two, of state encryption, at init already. */
const CONFIGURED = ["provider", "backend", "key_provider", "method"];

const EXTERNAL = allowedByData("external");

/** What of a file is refused, in its order. `isRoot`: it is of the planned directory itself. */
export function refusalsOf(file: Block, policy: Policy, isRoot: boolean): Refusal[] {
  const refusals = blocksIn(file).flatMap((block) => [
    ...dataSource(block, policy),
    ...provisioner(block, policy),
    ...programs(block, policy),
    ...requiredProviders(block, policy),
    ...gitSource(block, policy),
  ]);
  return [...refusals, ...senders(file, policy, isRoot)].toSorted((a, b) => a.line - b.line);
}

function dataSource({ type, labels, line }: Block, { allow }: Policy): Refusal[] {
  const [kind = ""] = labels;
  if ((type !== "data" && type !== "ephemeral") || !DATA_SOURCES.includes(kind)) return [];
  if (allow.data_sources.includes(kind)) return [];
  return [{ line, message: notAllowed(`data source "${kind}"`, allowedByData(kind)) }];
}

/** What may send something away, to where its author chose. */
function senders(file: Block, { places }: Policy, isRoot: boolean): Refusal[] {
  const refused = sendingsOf(file, isRoot).filter(({ place }) => !isAllowedPlace(place, places));
  return refused.map(({ line, what, place }) => {
    const where = place === ANYWHERE ? "to a place that cannot be told" : `to "${place}"`;
    const allowedBy = `planAllowedPlaces of the stack, or allow.places: ["${place}"] in .plan-runner.yaml,`;
    return { line, message: notAllowed(`${what}, which may send ${where},`, allowedBy) };
  });
}

function allowedByData(kind: string): string {
  return `allow.data_sources: [${kind}] in .plan-runner.yaml`;
}

function provisioner({ type, labels, line }: Block, { allow }: Policy): Refusal[] {
  const isDynamic = type === "dynamic" && labels[0] === "provisioner";
  if ((type !== "provisioner" && !isDynamic) || allow.provisioners) return [];
  const allowedBy = "allow.provisioners: true in .plan-runner.yaml";
  return [{ line, message: notAllowed("a provisioner", allowedBy) }];
}

/** Whatever else starts a program: they are as good, or as bad, as the data source "external". */
function programs(block: Block, { allow }: Policy): Refusal[] {
  if (allow.data_sources.includes("external")) return [];
  const refused = (at: number, what: string): Refusal[] => [
    { line: at, message: notAllowed(what, EXTERNAL) },
  ];
  const { type, labels, line } = block;
  const [kind = ""] = labels;
  // opentofu.org/docs/language/state/encryption: both exist in a form that runs a command, at init already.
  if (["key_provider", "method"].includes(type) && kind === "external") {
    return refused(line, `encryption ${type} "external"`);
  }
  const named = namesOf(block).map((each) => ({ ...each, what: `argument "${each.name}"` }));
  if (isRemoteState(block)) {
    const backends = backendsOf(block);
    const computed = backends.find(({ literal }) => literal === undefined);
    if (computed !== undefined) {
      return refused(computed.line, "remote state whose backend is not a plain text");
    }
    if (backends.some(({ literal }) => literal === "kubernetes")) {
      return refused(line, 'remote state of "kubernetes"');
    }
    const hidden = hiddenIn([block], (name) => name === "config");
    return [...named, ...hidden].slice(0, 1).flatMap((each) => refused(each.line, each.what));
  }
  if (!CONFIGURED.includes(type)) return [];
  const hidden = hiddenIn([block, ...blocksIn(block)], (name) => OBJECTS.has(name));
  return [...named, ...hidden].slice(0, 1).flatMap((each) => refused(each.line, each.what));
}

/** Arguments whose objects are references, results of functions, or have keys that are. */
function hiddenIn(blocks: readonly Block[], isObject: (name: string) => boolean): Found[] {
  return blocks
    .flatMap(({ attributes }) => attributes)
    .filter(({ name, isWrittenOut }) => isObject(name) && !isWrittenOut)
    .map(({ name, line }) => ({ line, what: `argument "${name}" that is not written out` }));
}

interface Found {
  readonly line: number;
  readonly what: string;
}

/** The dangerous arguments of a block: its own, of its blocks, and of objects in its expressions. */
function namesOf(block: Block): { readonly name: string; readonly line: number }[] {
  const blocks = [block, ...blocksIn(block)];
  const named = blocks.flatMap(({ type, labels, line, attributes }) => [
    ...[type, ...labels].map((name) => ({ name, line })),
    ...attributes.flatMap((attribute) => [
      { name: attribute.name, line: attribute.line },
      ...attribute.words.map(({ text }) => ({ name: text, line: attribute.line })),
    ]),
  ]);
  return named.filter(({ name }) => RUNS_PROGRAMS.has(name)).slice(0, 1);
}

function requiredProviders({ type, attributes }: Block, { providers }: Policy): Refusal[] {
  if (type !== "required_providers") return [];
  return attributes.flatMap(({ name, line, literal, isWrittenOut, words }) => {
    const sources = words.filter(({ text }) => text === "source");
    const isPlain = isWrittenOut && sources.every(({ value }) => value?.literal !== undefined);
    if (literal === undefined && !isPlain) {
      return [{ line, message: `the source of provider "${name}" is not a plain text` }];
    }
    return sources
      .flatMap(({ value }) => value?.literal ?? [])
      .filter((source) => !isAllowedProvider(source, providers))
      .map((source) => ({ line, message: providerNotAllowed(source) }));
  });
}

/** Of a provider that a configuration requires, or that initialisation selected. */
export function providerNotAllowed(source: string): string {
  const short = source.replace(/^registry\.(?:opentofu\.org|terraform\.io)\//, "");
  return notAllowed(
    `provider "${source}"`,
    `planAllowedProviders of the stack, or allow.providers: ["${short}"] in .plan-runner.yaml,`,
  );
}

function notAllowed(what: string, allowedBy: string): string {
  return `${what} is not allowed; ${allowedBy} allows it`;
}

/** Sources that OpenTofu fetches with the `git` program (opentofu.org/docs/language/modules/sources). */
const GIT_SOURCE = /^(?:git::|git@|(?:www\.)?(?:github\.com|bitbucket\.org)\/)/i;

function gitSource(block: Block, { hasGit }: Policy): Refusal[] {
  const source = sourceOf(block);
  if (hasGit || source?.literal === undefined || !GIT_SOURCE.test(source.literal)) return [];
  const message =
    `module source "${source.literal}" needs git, which is not there where plans run; ` +
    "use a registry, a path in the repository or an https:// archive";
  return [{ line: source.line, message }];
}
