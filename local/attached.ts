/** The outside world of the systems that run: what is attached for each, as long as it is declared. */
import type { Declared } from "./declared/declared.ts";
import type { ServiceSpec } from "./host/spec.ts";
import type { Send } from "./http/message.ts";
import type { OwnProgram } from "./own-program.ts";
import type { Attached, Attaches, Opened, Surroundings } from "./systems/system.ts";
import type { Ready } from "./systems/ready.ts";

interface AttachedOptions {
  /** System → what is attached for it. */
  readonly attaching: Readonly<Record<string, Attaches>>;
  readonly surroundings: Omit<Surroundings, "declared">;
}

export class AttachedSystems {
  readonly #options: AttachedOptions;
  readonly #attached = new Map<string, Attached>();
  #isOpen = false;

  constructor(options: AttachedOptions) {
    this.#options = options;
  }

  /** Takes what is declared into use. Throws where a system cannot; what was attached before has not changed then. */
  async apply(declared: Declared): Promise<void> {
    const { attaching, surroundings } = this.#options;
    for (const [name, outside] of Object.entries(declared.outside)) {
      this.#attached.get(name)?.apply?.(outside, declared);
    }
    for (const [name, outside] of Object.entries(declared.outside)) {
      const attaches = attaching[name];
      if (attaches === undefined || this.#attached.has(name)) continue;
      const attached = await attaches.attach(outside, { ...surroundings, declared });
      this.#attached.set(name, attached);
      if (this.#isOpen) await attached.open?.();
    }
    const gone = [...this.#attached].filter(([name]) => declared.outside[name] === undefined);
    for (const [name] of gone) this.#attached.delete(name);
    await Promise.all(gone.map(async ([, attached]) => attached.stop?.()));
  }

  /** Opens what is for a person, of whatever is attached from now on too. */
  async open(): Promise<void> {
    this.#isOpen = true;
    for (const attached of this.#attached.values()) await attached.open?.();
  }

  /** What answers for a host of the outside world. */
  host(host: string): Send | undefined {
    return this.#all()
      .find(({ hosts }) => hosts?.has(host))
      ?.hosts?.get(host);
  }

  env(spec: ServiceSpec): Readonly<Record<string, string>> {
    return Object.assign({}, ...this.#all().map((attached) => attached.env?.(spec))) as Readonly<
      Record<string, string>
    >;
  }

  /** Name of a service → a program of the person's own that answers for it. */
  programs({ outside }: Pick<Declared, "outside">): ReadonlyMap<string, OwnProgram> {
    const programs = [...this.#attached].flatMap(([name, attached]) => [
      ...(attached.programs?.(outside[name] ?? {}) ?? []),
    ]);
    return new Map(programs);
  }

  /** Begins what a person is to find. */
  begin(entryPoints: readonly Opened[]): void {
    for (const attached of this.#all()) attached.begin?.(entryPoints);
  }

  ready(entryPoints: readonly Opened[]): Ready {
    const all = this.#all().flatMap((attached) => attached.ready?.(entryPoints) ?? []);
    return {
      pages: all.flatMap(({ pages }) => pages),
      hints: all.flatMap(({ hints }) => hints),
    };
  }

  people(system: string): unknown {
    return this.#attached.get(system)?.people;
  }

  async idle(): Promise<void> {
    await Promise.all(this.#all().map(async (attached) => attached.idle?.()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all().map(async (attached) => attached.stop?.()));
  }

  #all(): readonly Attached[] {
    return [...this.#attached.values()];
  }
}
