/** The developer ports of all entry points, in the order in which they are declared. */
import { openDeveloperPort, type DeveloperPort } from "./developer-port.ts";
import type { Send } from "../http/message.ts";
import type { Issuer } from "../identity/issuer.ts";
import type { Log } from "../log.ts";
import type { EntryPoint, Declared } from "../declared/declared.ts";

interface EntryPortsOptions {
  /** The first port; the others follow it. 0: any free ones. */
  readonly first: number;
  readonly send: Send;
  readonly issuer: Pick<Issuer, "idToken">;
  readonly log: Log;
}

/** An entry point and where it is reached. */
export interface OpenEntryPoint extends Omit<EntryPoint, "url"> {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** The real one. */
  readonly target: string;
}

export class EntryPorts {
  readonly #options: EntryPortsOptions;
  /** By the entry point's real URL, each with its place after the first port. */
  readonly #open = new Map<string, { readonly port: DeveloperPort; readonly place: number }>();
  /** As `#open`, of what is no entry point. */
  readonly #others: { readonly port: DeveloperPort; readonly place: number }[] = [];
  #entryPoints: readonly EntryPoint[] = [];
  #developer = "";

  constructor(options: EntryPortsOptions) {
    this.#options = options;
  }

  /** Opens a port for each new entry point and closes those of removed ones. Rejects where a port is taken. */
  async apply({ entryPoints, developer }: Declared): Promise<void> {
    for (const { url } of entryPoints) {
      if (!this.#open.has(url)) await this.#openFor(url);
    }
    for (const [target, { port }] of this.#open) {
      if (entryPoints.some(({ url }) => url === target)) continue;
      this.#open.delete(target);
      port.stop();
    }
    this.#entryPoints = entryPoints;
    this.#developer = developer.slice("user:".length);
  }

  entryPoints(): readonly OpenEntryPoint[] {
    return this.#entryPoints.flatMap((entryPoint) => {
      const open = this.#open.get(entryPoint.url);
      return open ? [{ ...entryPoint, url: open.port.url, target: entryPoint.url }] : [];
    });
  }

  /** Opens the next port for something that is not declared. Rejects where it is taken. */
  async openAlso(target: string, send: Send, token: string): Promise<DeveloperPort> {
    const { log } = this.#options;
    const place = this.#freePlace();
    const idToken = (): Promise<string> => Promise.resolve(token);
    const port = await openDeveloperPort({ target, port: this.#portAt(place), send, idToken, log });
    this.#others.push({ port, place });
    return port;
  }

  stop(): void {
    for (const { port } of [...this.#open.values(), ...this.#others]) port.stop();
  }

  async #openFor(target: string): Promise<void> {
    const { send, issuer, log } = this.#options;
    const place = this.#freePlace();
    const port = await openDeveloperPort({
      target,
      log,
      port: this.#portAt(place),
      send,
      // Whoever is the developer when the request comes: the stack may have changed since.
      idToken: (audience) => issuer.idToken({ email: this.#developer, audience }),
    });
    this.#open.set(target, { port, place });
  }

  #freePlace(): number {
    const taken = new Set([...this.#open.values(), ...this.#others].map(({ place }) => place));
    let place = 0;
    while (taken.has(place)) place++;
    return place;
  }

  #portAt(place: number): number {
    const { first } = this.#options;
    return first === 0 ? 0 : first + place;
  }
}
