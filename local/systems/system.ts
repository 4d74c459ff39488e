/**
 * What a system is to the local cloud, which knows none by name: what stands in for the outside world, what a person may
 * say about that on the command line, and the story that shows the system. Systems never import each other; the platform
 * reaches them through their list only. The list is loaded by whatever records the program too: what runs is imported
 * when it is asked for.
 */
import type { Clock } from "../clock.ts";
import type { Declared, Outside } from "../declared/declared.ts";
import type { BundleOf } from "../declared/record.ts";
import type { Demo } from "../demo/demo.ts";
import type { ServiceSpec } from "../host/spec.ts";
import type { Send } from "../http/message.ts";
import type { Log } from "../log.ts";
import type { OwnProgram } from "../own-program.ts";
import type { Ready } from "./ready.ts";

/**
 * `Things`: what the system's half in infra/ says it needs of the outside world. Methods, not function properties: the list
 * may then hold systems of any kind, each of which is only ever given its own.
 */
export interface LocalSystem<Things extends Outside = Outside, Settings extends object = object> {
  /** Adds what answers here for services that the program names and does not declare. Default: nothing. */
  completed?(declared: Declared, outside: Things, bundleOf: BundleOf): Promise<Declared>;
  /** Options of `npm run local` that are about this system. Default: none. */
  readonly options?: SystemOptions<Settings>;
  /** What it is with these settings, each of which has a default. Absent where the system needs nothing of the outside. */
  attaches?(settings: Partial<Settings>): Attaches<Things>;
  /** Hosts of Google's that only its stand-ins answer for, so that a person may send them elsewhere. Default: none. */
  readonly googleHosts?: readonly string[];
  /** The story of `npm run demo`. */
  readonly demo: Demo;
}

/** Each flag takes a value and may be repeated. */
export interface SystemOptions<Settings> {
  /** Flag without dashes → how `--help` tells it. */
  readonly flags: Readonly<Record<string, string>>;
  /** What a command line says. `said`: the values of a flag. Throws a UsageError. */
  read(said: (flag: string) => readonly string[]): Partial<Settings>;
}

/** What is ready to be attached. */
export interface Attaches<Things extends Outside = Outside> {
  /** Throws a UsageError where what a person said is not so. */
  attach(outside: Things, local: Surroundings): Attached<Things> | Promise<Attached<Things>>;
}

/** The local cloud, as what is attached to it sees it. */
export interface Surroundings {
  readonly declared: Declared;
  readonly log: Log;
  /** The simulators' time. */
  readonly clock: Clock;
  /** Reaches the stack's services as the outside world does: with no more credentials than the request has. */
  readonly send: Send;
  /** A folder that is gone once the local cloud has stopped. */
  readonly temporary: string;
  /** Whether what changes on disk is noticed. */
  readonly isWatching: boolean;
  /** Opens a loopback port for a person, whose requests to `target` carry the token. */
  readonly openPort: (
    target: string,
    send: Send,
    token: string,
  ) => Promise<{ readonly url: string }>;
}

/** An entry point as a person reaches it. */
export interface Opened {
  readonly system: string;
  /** `http://127.0.0.1:8080` */
  readonly url: string;
}

/** What stands in for the outside world as long as the local cloud runs. All of it is optional. */
export interface Attached<Things extends Outside = Outside> {
  /** Host → what answers there. */
  readonly hosts?: ReadonlyMap<string, Send>;
  /** Variables that a service gets besides the declared ones. */
  env?(spec: ServiceSpec): Readonly<Record<string, string>>;
  /** Name of a service → a program of the person's own that answers for it. */
  programs?(outside: Things): ReadonlyMap<string, OwnProgram>;
  /** Takes what is declared next into use, before anything else does. Throws where it cannot: then nothing has changed. */
  apply?(outside: Things, declared: Declared): void;
  /** Opens what is for a person, once every entry point has its port. */
  open?(): Promise<void>;
  /** What a person is told when the local cloud is ready. `entryPoints`: of all systems, as a person reaches them. */
  ready?(entryPoints: readonly Opened[]): Ready;
  /** Begins what a person is to find, once the local cloud is ready. Nobody waits for it. */
  begin?(entryPoints: readonly Opened[]): void;
  /** What the system's own story and tests drive. */
  readonly people?: unknown;
  /** Resolves when nothing is under way that the outside world began. */
  idle?(): Promise<void>;
  stop?(): Promise<void>;
}
