import { fits } from "../output/glob.ts";
import { backendsOf, blocksIn, isPath, isRemoteState, sourceOf } from "./block.ts";
import type { Attribute, Block, Seen } from "./block.ts";
import type { Origin } from "./origin.ts";

/** Something of a configuration that may send, and to where. */
interface Sending {
  /** From 1. */
  readonly line: number;
  /** `backend "http"` */
  readonly what: string;
  /**
   * A cloud's bucket, account or key, `gcs:acme-state`; an organization, `app.terraform.io/acme`; or a host,
   * `state.example.com:8443`. Where its end is computed `*` stands for it.
   */
  readonly place: string;
}

/** The place of what is computed beyond all telling. */
export const ANYWHERE = "*";

/** Whether one of the patterns covers all that the place may be. Neither hosts nor buckets tell case apart. */
export function isAllowedPlace(place: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => fits(pattern.toLowerCase(), place.toLowerCase()));
}

/**
 * Backends and key providers of a cloud (opentofu.org/docs/language/settings/backends, …/language/state/encryption), and
 * the argument that says where in it. At the cloud's own address they send nothing but what they are told.
 */
const CLOUDS: ReadonlyMap<string, string> = new Map([
  ["aws_kms", "kms_key_id"],
  ["azurerm", "storage_account_name"],
  ["cos", "bucket"],
  ["gcp_kms", "kms_encryption_key"],
  ["gcs", "bucket"],
  ["oss", "bucket"],
  ["s3", "bucket"],
]);
/** Of these the name's end cannot change the host that is spoken with. */
const PLAIN_NAMES = ["gcs", "s3"];
/** They speak with whom an argument names, or else the environment, which is the stack's. */
const SERVERS = ["azure_vault", "consul", "http", "kubernetes", "openbao", "pg"];
/** They run the plan itself: all of the directory is sent to an organization. */
const RUNNERS = ["cloud", "remote"];
const RUNNERS_HOST = "app.terraform.io";
/** They speak with nobody. What `external` starts is refused as a program. */
const LOCAL = ["external", "inmem", "local", "pbkdf2", "static", "xor"];

/** Arguments that name a server: `endpoint`, `storage_custom_endpoint`, `lock_address`, `vault_uri`, `https_proxy`, … */
const ADDRESS =
  /^(?!use_|no_)(?:\w+_)?(?:address|domain|endpoints?|host|hostname|proxy|ur[il]|conn_str)$/;
/** The addresses in `endpoints`. */
const SERVICES = ["dynamodb", "iam", "kms", "s3", "sso", "sts"];
/** A key of Google's names the server that its token comes from, and what is sent there. */
const CREDENTIALS = "credentials";

/** What a file may send to places that its author chose. `isRoot`: it is of the planned directory itself. */
export function sendingsOf(file: Block, isRoot: boolean): Sending[] {
  // Elsewhere these names mean other things: a load balancer has backends too.
  const settings = file.blocks.filter(({ type }) => type === "terraform").flatMap(blocksIn);
  return [
    ...settings.flatMap((block) => setting(block, isRoot)),
    ...blocksIn(file).flatMap((block) => remoteState(block, isRoot)),
    ...file.blocks.flatMap((block) => fetched(block, isRoot)),
  ];
}

function setting(block: Block, isRoot: boolean): Sending[] {
  const { type, labels, line } = block;
  if (!["backend", "cloud", "key_provider"].includes(type)) return [];
  const [kind = type] = labels;
  const what = kind === type ? type : `${type} "${kind}"`;
  return sent(kind, argumentsOf(block), { line, what, isRoot });
}

interface Argument extends Seen {
  readonly name: string;
  readonly line: number;
  readonly origin: Origin;
}

/** Arguments of a block and the blocks in it; the keys of objects among them. */
function argumentsOf(block: Block): Argument[] {
  return [block, ...blocksIn(block)].flatMap(({ attributes }) => attributes).flatMap(withKeys);
}

function withKeys(attribute: Attribute): Argument[] {
  const { line, origin } = attribute;
  const keys = attribute.words.flatMap(({ text, value }) =>
    value === undefined ? [] : [{ name: text, line, origin, ...value }],
  );
  return [attribute, ...keys];
}

function remoteState(block: Block, isRoot: boolean): Sending[] {
  if (!isRemoteState(block)) return [];
  const [backend] = backendsOf(block);
  const config = block.attributes.filter(({ name }) => name === "config");
  const kind = backend?.literal;
  const what = kind === undefined ? "remote state" : `remote state of "${kind}"`;
  const about = { line: block.line, what, isRoot };
  // Without a backend it is part of another block, which it overrides.
  const isHidden = config.some(({ isWrittenOut }) => !isWrittenOut) || kind === undefined;
  if (isHidden) return [{ line: config[0]?.line ?? block.line, what, place: ANYWHERE }];
  const workspace = block.attributes.filter(({ name }) => name === "workspace");
  return sent(kind, [...config, ...workspace].flatMap(withKeys), about);
}

interface About {
  readonly line: number;
  readonly what: string;
  readonly isRoot: boolean;
}

function sent(kind: string, all: readonly Argument[], { line, what, isRoot }: About): Sending[] {
  const servers = all.filter(isServer).map((each) => ({ line: each.line, place: hostOf(each) }));
  const named = (name: string): Argument | undefined => all.find((each) => each.name === name);
  if (RUNNERS.includes(kind)) {
    const hosts = servers.length > 0 ? servers.map(({ place }) => place) : [RUNNERS_HOST];
    const organization = nameOf(named("organization"), false);
    return hosts.map((host) => {
      return { line, what, place: host === ANYWHERE ? ANYWHERE : `${host}/${organization}` };
    });
  }
  if (servers.length > 0) return servers.map((each) => ({ what, ...each }));
  if (LOCAL.includes(kind) || SERVERS.includes(kind)) return [];
  const name = CLOUDS.get(kind);
  if (name === undefined) return [{ line, what, place: `${kind}:*` }];
  const computed = all.find(({ origin }) => isComputed(origin, isRoot));
  if (computed === undefined) return [];
  const place = `${kind}:${nameOf(named(name), PLAIN_NAMES.includes(kind))}`;
  return [{ line: computed.line, what: `computed ${what}`, place }];
}

function isComputed(origin: Origin, isRoot: boolean): boolean {
  return origin === "computed" || (origin === "variable" && !isRoot);
}

function isServer({ name, isObject }: Argument): boolean {
  if (name === CREDENTIALS || SERVICES.includes(name)) return true;
  return ADDRESS.test(name) && !isObject;
}

/** What is said of it, `*` for the rest. */
function nameOf(argument: Seen | undefined, isBeginningEnough: boolean): string {
  if (argument?.literal !== undefined) return argument.literal;
  return isBeginningEnough ? `${argument?.start ?? ""}*` : "*";
}

/** A scheme, perhaps a user, and the host to its very end; what is stranger is not understood by all alike. */
const URL_HOST = /^(?:[a-z][a-z0-9+.-]*:\/\/)(?:[^/?#@\\\s]*@)?([a-z0-9.-]+(?::\d+)?)(?=[/?#]|$)/i;
const BARE_HOST = /^[a-z0-9.-]+(?::\d+)?$/i;
/** A connection to PostgreSQL whose options name no other host. */
const CONNECTION = /^[^?]*(?:\?sslmode=[a-z-]+)?$/;

function hostOf({ name, literal, start = "" }: Argument): string {
  if (name === CREDENTIALS) return ANYWHERE;
  if (name === "conn_str" && !CONNECTION.test(literal ?? "?")) return ANYWHERE;
  if (literal !== undefined && BARE_HOST.test(literal)) return literal;
  return hostIn(start, literal === undefined) ?? ANYWHERE;
}

function hostIn(text: string, isBeginning: boolean): string | undefined {
  const found = URL_HOST.exec(text);
  // A host that is computed further may become any other.
  if (found === null || (isBeginning && found[0].length === text.length)) return undefined;
  return found[1];
}

/** Sources of modules without a scheme: `github.com/o/r`, `git@github.com:o/r`, a registry's. */
const OTHER_SOURCE = /^(?:[\w.-]+@)?([a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?)[/:]/i;

/** A source that is written out carries nothing away but that somebody plans. */
function fetched(block: Block, isRoot: boolean): Sending[] {
  const source = sourceOf(block);
  if (source === undefined) return [];
  const { line, start = "", origin } = source;
  if (!isComputed(origin, isRoot) || isPath(start)) return [];
  const address = start.replace(/^[a-z0-9]+::/i, "");
  const place = hostIn(address, true) ?? OTHER_SOURCE.exec(address)?.[1] ?? ANYWHERE;
  return [{ line, what: "computed module source", place }];
}
