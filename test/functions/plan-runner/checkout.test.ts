import { expect } from "chai";
import fc from "fast-check";
import { checkoutLease, checkoutRecord } from "../../../functions/messages/plan-names.ts";
import type { PlanRequest } from "../../../functions/messages/plan-request.ts";
import { checkoutOf } from "../../../functions/plan-runner/checkout.ts";
import type { Checkout } from "../../../functions/plan-runner/checkout.ts";
import { Refused, Unavailable, Unusable } from "../../../functions/plan-runner/faults.ts";
import type { Ports } from "../../../functions/plan-runner/ports.ts";
import { NEWER_SHA, SHA, planRequest } from "./builders.ts";
import { NOON, World, arriving } from "./world.ts";

const HOUR = 3_600_000;

describe("checkoutOf", () => {
  let world: World;
  const { signal } = new AbortController();

  beforeEach(() => {
    world = new World();
  });

  const of = (difference: Partial<PlanRequest["pull_request"]> = {}, dir = "."): PlanRequest => {
    const request = planRequest({ dir });
    return { ...request, pull_request: { ...request.pull_request, ...difference } };
  };
  const checkout = (request = of()) => checkoutOf(request, signal, world.ports);
  const hold = (until: number) =>
    void world.objects.stored.set(checkoutLease(of()), {
      content: JSON.stringify({ holder: "another", expires_at: until }),
      generation: "g",
    });
  const failure = (call: Promise<unknown>) =>
    call.then(
      () => "done",
      (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : "?"),
    );

  it("downloads a commit once for all directories and pull requests, and leaves no lease", async () => {
    expect(await checkout()).to.deep.equal({ archive: "archive-1", isCached: false, tookMs: 0 });
    const others = [of({}, "a"), of({ number: 8 }), { ...of(), repo: { full_name: "Acme/INFRA" } }];
    for (const each of others) {
      expect(await checkout(each)).to.deep.equal({
        archive: "archive-1",
        isCached: true,
        tookMs: 0,
      });
    }
    expect(world.downloads).to.deep.equal([SHA]);
    expect(world.stored("leases/")).to.deep.equal([]);
    expect(world.repeating).to.equal(0);
  });

  it("downloads another commit, and the same of another repository, by itself", async () => {
    const elsewhere = { ...of(), repo: { full_name: "acme/other" } };
    const all = [
      await checkout(),
      await checkout(of({ head_sha: NEWER_SHA })),
      await checkout(elsewhere),
    ];
    expect(all.map((each) => "archive" in each && each.archive)).to.deep.equal([
      "archive-1",
      "archive-2",
      "archive-3",
    ]);
  });

  it("uses an archive for an hour, and then keeps another beside it", async () => {
    await checkout();
    world.now += HOUR - 1;
    expect(await checkout()).to.include({ archive: "archive-1", isCached: true });
    world.now += 1;
    expect(await checkout()).to.include({ archive: "archive-2", isCached: false });
    expect(await checkout()).to.include({ archive: "archive-2", isCached: true });
    expect([...world.archives.keys()]).to.deep.equal(["archive-1", "archive-2"]);
  });

  it("waits for whoever downloads it, and says how long that took", async () => {
    const arrival = Promise.withResolvers<AsyncIterable<Uint8Array>>();
    world.download = () => arrival.promise;
    world.afterWait = () => {
      if (world.waits.length === 3) arrival.resolve(arriving("x"));
    };
    const [first, second] = await Promise.all([checkout(), checkout(of({}, "a"))]);
    expect(first).to.include({ archive: "archive-1", isCached: false });
    expect(second).to.include({ archive: "archive-1", isCached: true });
    expect(second).to.have.property("tookMs").that.is.at.least(1_000);
    expect(world.downloads).to.deep.equal([SHA]);
  });

  it("takes the place of whoever died at it", async () => {
    hold(NOON + 60_000);
    expect(await checkout()).to.include({ archive: "archive-1", isCached: false });
    expect(world.now).to.be.within(NOON + 60_000, NOON + 68_000);
  });

  it("does not wait for ever for whoever lives and does not finish", async () => {
    hold(NOON * 2);
    expect(await failure(checkout())).to.equal("Unavailable: Another run downloads the commit.");
    expect(world.waits.reduce((sum, each) => sum + each)).to.be.within(180, 188);
  });

  it("gives a download two minutes", async () => {
    world.download = (until) =>
      new Promise((_resolve, reject) => {
        until.addEventListener("abort", () => reject(new Unavailable("aborted")));
        void world.tick(119).then(() => expect(until.aborted).to.equal(false));
        void world.tick(1);
      });
    expect(await failure(checkout())).to.equal(
      "Unavailable: The commit was not downloaded within 120 seconds.",
    );
    expect(world.stored("checkouts/")).to.deep.equal([]);
    expect(world.repeating).to.equal(0);
  });

  it("stops the download when nobody waits for it, or its lease is lost", async () => {
    for (const end of ["gone", "lost"] as const) {
      const gone = new AbortController();
      world.download = (until) => {
        if (end === "gone") gone.abort();
        else {
          hold(NOON * 2);
          void world.tick();
        }
        return new Promise((_resolve, reject) => {
          const stop = (): void => reject(new Unavailable("aborted"));
          if (until.aborted) stop();
          until.addEventListener("abort", stop);
        });
      };
      const outcome = checkoutOf(of(), gone.signal, world.ports);
      expect(await failure(outcome), end).to.equal("Unavailable: aborted");
    }
  });

  it("explains a commit that is gone, and asks for it again the next time", async () => {
    world.onToken = () => {
      throw new Unusable("GitHub answered 404.", { hint: "Push.", isLasting: false });
    };
    const failed = await checkout();
    expect(failed).to.deep.include({
      outcome: "failed",
      step: "git fetch",
      error: "GitHub answered 404.",
      hint: "Push.",
    });
    expect(world.stored("checkouts/")).to.deep.equal([]);
    world.onToken = () => undefined;
    expect(await checkout()).to.include({ archive: "archive-1" });
  });

  it("explains an archive that cannot be used to all who ask, after one download", async () => {
    const { ports } = world;
    const archives = {
      keep: () => Promise.reject(new Unusable("It is larger than 256 MB.", { isLasting: true })),
    };
    for (const dir of ["a", "b", "c"]) {
      const failed = await checkoutOf(of({}, dir), signal, { ...ports, archives });
      expect(failed).to.include({
        outcome: "failed",
        step: "git fetch",
        error: `The archive of acme/infra @ ${SHA} cannot be used. It is larger than 256 MB.`,
      });
    }
    expect(world.downloads).to.deep.equal([SHA]);
  });

  for (const error of [new Unavailable("GitHub: 502"), new Refused(403, "GitHub: no")]) {
    it(`hands on what is ${error.name}, remembers nothing and leaves no lease`, async () => {
      world.onToken = () => {
        throw error;
      };
      expect(await failure(checkout())).to.equal(`${error.name}: ${error.message}`);
      expect(world.objects.stored.size).to.equal(0);
    });
  }

  it("takes a record that it cannot read for none", async () => {
    for (const content of ["", "{}", '{"kept_at":"now","archive":"x"}']) {
      world.objects.stored.set(checkoutRecord(of()), { content, generation: "g" });
      expect(await checkout()).to.include({ isCached: false });
    }
  });

  it("downloads a commit once more only for each who died, whatever comes first", async () => {
    const Plan = fc.record({ sha: fc.constantFrom(SHA, NEWER_SHA), diesAt: fc.nat({ max: 30 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(Plan, { minLength: 1, maxLength: 6 }),
        fc.scheduler(),
        async (plans, scheduler) => {
          world = new World();
          world.download = () => Promise.resolve(arriving(world.downloads.at(-1) ?? ""));
          const lives = plans.map(({ diesAt }) => new Life(world.ports, scheduler, diesAt));
          const outcomes = lives.map(({ ports, died }, index) => {
            const request = of({ head_sha: plans[index]?.sha ?? SHA }, `d${index}`);
            return Promise.race([checkoutOf(request, signal, ports), died]);
          });
          const ended = await scheduler.waitFor(Promise.all(outcomes));
          const dead = ended.filter((each) => each === "died").length;
          const shas = new Set(plans.map(({ sha }) => sha));
          expect(world.downloads.length).to.be.at.most(shas.size + dead);
          for (const [index, outcome] of ended.entries()) {
            if (outcome === "died") continue;
            const { archive } = outcome as Checkout;
            expect(world.archives.get(archive)).to.equal(plans[index]?.sha);
          }
        },
      ),
    );
  });
});

/** An instance that dies at one of its steps: nothing that it does comes to an end after that. */
class Life {
  readonly ports: Ports;
  readonly died: Promise<"died">;
  readonly #die: (how: "died") => void;
  readonly #scheduler: fc.Scheduler;
  #left: number;

  constructor(world: Ports, scheduler: fc.Scheduler, steps: number) {
    const { promise, resolve } = Promise.withResolvers<"died">();
    [this.died, this.#die, this.#scheduler, this.#left] = [promise, resolve, scheduler, steps];
    const { objects, gitHub, archives } = world;
    this.ports = {
      ...world,
      objects: {
        read: (name) => this.#step(() => objects.read(name)),
        create: (name, content) => this.#step(() => objects.create(name, content)),
        replace: (...all) => this.#step(() => objects.replace(...all)),
        remove: (...all) => this.#step(() => objects.remove(...all)),
        write: (...all) => this.#step(() => objects.write(...all)),
      },
      gitHub: { ...gitHub, archive: (...all) => this.#step(() => gitHub.archive(...all)) },
      archives: { keep: (...all) => this.#step(() => archives.keep(...all)) },
      every: (seconds, action) =>
        world.every(seconds, async () => {
          if (this.#left > 0) await Promise.race([action(), this.died]);
        }),
    };
  }

  /** Whoever dies may have done what nobody hears of. */
  async #step<T>(action: () => Promise<T>): Promise<T> {
    await this.#scheduler.schedule(Promise.resolve());
    const outcome = await action();
    if (this.#left-- > 0) return outcome;
    this.#die("died");
    return new Promise(() => undefined);
  }
}
