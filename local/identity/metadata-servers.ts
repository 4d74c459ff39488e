/** A metadata server for each identity that is declared. */
import type { Log } from "../log.ts";
import type { Declared } from "../declared/declared.ts";
import type { Issuer } from "./issuer.ts";
import { startMetadataServer, type MetadataServer } from "./metadata.ts";

/** The name under which the person at the laptop is found among the service accounts. */
export const DEVELOPER = "developer";

export class MetadataServers {
  readonly #issuer: Issuer;
  readonly #log: Log;
  /** By email. */
  readonly #servers = new Map<string, MetadataServer>();
  #names: readonly { readonly name: string; readonly email: string }[] = [];

  constructor(issuer: Issuer, log: Log) {
    this.#issuer = issuer;
    this.#log = log;
  }

  /**
   * Starts the servers that are missing and stops those of accounts that are gone. The others keep their address, which
   * running programs have in their environment, and tell what is new.
   */
  async apply({
    serviceAccounts,
    developer,
    projectId,
    projectNumber,
    region,
  }: Declared): Promise<void> {
    this.#names = [
      ...serviceAccounts.map(({ id, email }) => ({ name: id, email })),
      { name: DEVELOPER, email: developer.slice("user:".length) },
    ];
    const wanted = new Set(this.#names.map(({ email }) => email));
    for (const [email, server] of this.#servers) {
      if (wanted.has(email)) continue;
      this.#servers.delete(email);
      await server.stop();
    }
    for (const email of wanted) {
      const [issuer, log] = [this.#issuer, this.#log];
      const options = { email, projectId, projectNumber, region, issuer, log };
      const server = this.#servers.get(email);
      if (server === undefined) this.#servers.set(email, await startMetadataServer(options));
      else server.update(options);
    }
  }

  /** The server's address, `127.0.0.1:PORT`. Throws for an account that is not declared. */
  hostOf(email: string): string {
    const server = this.#servers.get(email);
    if (server === undefined) throw new Error(`The program declares no service account ${email}.`);
    return server.host;
  }

  /** Short name → address. */
  hosts(): Record<string, string> {
    return Object.fromEntries(this.#names.map(({ name, email }) => [name, this.hostOf(email)]));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => server.stop()));
  }
}
