import { expect } from "chai";
import { Secret } from "../../infra/secret.ts";
import { startApis, type Apis } from "../../local/apis.ts";
import type { RestSimulator } from "../../local/google/api.ts";
import type { Item, Running, RunsService, Slice } from "../../local/google/service.ts";
import { FakeCloud } from "../support/fake-cloud.ts";

interface Thing extends Item {
  readonly value: number | Secret;
}

/** A service that notes what it is told. */
function service(
  name: string,
  nouns: readonly string[],
  told: string[] = [],
  running: Partial<Running> = {},
): RunsService {
  const takes = Object.fromEntries(
    nouns.map((noun) => [
      noun,
      {
        declare: (thing: Thing) =>
          void told.push(`${noun} ${thing.name} is ${String(thing.value)}`),
        remove: (gone: string) => void told.push(`${noun} ${gone} is gone`),
      },
    ]),
  );
  return {
    declares: { name, declares: {}, roles: {}, empty: () => ({}) },
    start: () => ({ apis: [], takes, ...running }),
  };
}

function started(...services: RunsService[]): Apis {
  return startApis(services, { cloud: new FakeCloud(), callerOf: () => undefined });
}

const thing = (name: string, value: Thing["value"] = 1): Thing => ({ name, value });

describe("startApis", () => {
  it("tells a service what is new, other and gone of its nouns, in their order", () => {
    const told: string[] = [];
    const apis = started(service("things", ["cup", "lid"], told));
    const apply = (slice: Slice): string[] => {
      apis.apply({ slices: { things: slice, others: { cup: [thing("foreign")] } } });
      return told.splice(0);
    };
    expect(apply({ lid: [thing("l")], cup: [thing("a"), thing("b")] })).to.deep.equal([
      "cup a is 1",
      "cup b is 1",
      "lid l is 1",
    ]);
    expect(apply({ cup: [thing("a"), thing("b")], lid: [thing("l")] })).to.deep.equal([]);
    expect(apply({ cup: [thing("b", 2), thing("c")], lid: [thing("l")] })).to.deep.equal([
      "cup a is gone",
      "cup c is 1",
      "cup b is 2",
    ]);
    expect(apply({ cup: [thing("a")] })).to.deep.equal([
      "cup b is gone",
      "cup c is gone",
      "cup a is 1",
      "lid l is gone",
    ]);
  });

  it("tells it of a secret that is another", () => {
    const told: string[] = [];
    const apis = started(service("things", ["cup"], told));
    for (const text of ["one", "one", "two"]) {
      apis.apply({ slices: { things: { cup: [thing("a", new Secret(text))] } } });
    }
    expect(told).to.deep.equal(["cup a is [secret]", "cup a is [secret]"]);
  });

  it("takes what is said of no service for nothing", () => {
    const told: string[] = [];
    const apis = started(service("things", ["cup"], told));
    apis.apply({ slices: { things: { cup: [thing("a")] } } });
    apis.apply({ slices: {} });
    expect(told).to.deep.equal(["cup a is 1", "cup a is gone"]);
  });

  it("answers at the hosts that a service has at the moment", () => {
    let hosts = ["a.googleapis.com"];
    const api: RestSimulator = {
      get hosts() {
        return hosts;
      },
      handle: () => {
        throw new Error("nothing is asked here");
      },
    };
    const apis = started(service("others", []), service("things", [], [], { apis: [api] }));
    const answered = apis.route("a.googleapis.com");
    expect(answered).not.to.equal(undefined);
    expect(apis.route("b.googleapis.com")).to.equal(undefined);
    hosts = ["b.googleapis.com"];
    expect(apis.route("a.googleapis.com")).to.equal(undefined);
    expect(apis.route("b.googleapis.com")).to.equal(answered);
  });

  it("hands out what one service offers", () => {
    const accessSecret = (): Buffer => Buffer.from("hush");
    const offering = service("things", [], [], { offers: { accessSecret } });
    expect(started(service("others", []), offering).port("accessSecret")).to.equal(accessSecret);
  });

  it("refuses to hand out what none offers, or several", () => {
    const putObject = (): void => undefined;
    const offering = (name: string) => service(name, [], [], { offers: { putObject } });
    expect(() => started(service("things", [])).port("putObject")).to.throw(
      "No service offers putObject.",
    );
    expect(() => started(offering("one"), offering("two")).port("putObject")).to.throw(
      "Several services offer putObject.",
    );
  });

  it("stops every service that has something to stop", () => {
    const stopped: string[] = [];
    const stopping = (name: string) =>
      service(name, [], [], { stop: () => void stopped.push(name) });
    started(stopping("one"), service("still", []), stopping("two")).stop();
    expect(stopped).to.deep.equal(["one", "two"]);
  });
});
