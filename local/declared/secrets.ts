/** The values of a stack's secrets on this machine, as long as one local cloud runs. */
import type { Log } from "../log.ts";

export { Secret } from "../../infra/secret.ts";

/** Secret key → value. */
export type SecretTexts = Readonly<Record<string, string>>;

/** What another thread needs to fill in the secrets of a stack; plain, to be sent. */
export interface KnownSecrets {
  /** From the command line. */
  readonly given: SecretTexts;
  /** Generated before, for this run. */
  readonly standIns: SecretTexts;
}

/** Remembers what was generated, so that it stays the same while the program is recorded again and again. */
export class LocalSecrets {
  readonly #given: ReadonlyMap<string, string>;
  readonly #log: Log;
  readonly #standIns = new Map<string, string>();

  /** `given`: secret key → value. Default: none. */
  constructor(given: ReadonlyMap<string, string> = new Map(), log: Log = () => undefined) {
    this.#given = given;
    this.#log = log;
  }

  known(): KnownSecrets {
    return {
      given: Object.fromEntries(this.#given),
      standIns: Object.fromEntries(this.#standIns),
    };
  }

  /** Keeps what was generated for a stack that is taken into use, and names each key once in the log. */
  keep(standIns: SecretTexts): void {
    for (const [key, value] of Object.entries(standIns)) {
      if (this.#standIns.has(key)) continue;
      this.#standIns.set(key, value);
      const message = `${key}: no value given, a generated one stands in. --secret ${key}=... sets it.`;
      this.#log({ source: "local", severity: "NOTICE", message });
    }
  }
}
