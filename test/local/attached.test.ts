import { expect } from "chai";
import { AttachedSystems } from "../../local/attached.ts";
import { ManualClock } from "../../local/clock.ts";
import { difference } from "../../local/declared/difference.ts";
import type { Declared } from "../../local/declared/declared.ts";
import { textResponse } from "../../local/http/message.ts";
import type { Attaches } from "../../local/systems/system.ts";
import { declaredFor } from "../support/recorded.ts";

describe("what is attached for systems", () => {
  let dev: Declared;
  before(async () => (dev = await declaredFor()));

  const none = () => ({ ...dev, outside: {} });
  const some = (...names: readonly string[]) => ({
    ...dev,
    outside: { tiny: { bell: names.map((name) => ({ name })) } },
  });

  function attachedTo(tiny: Attaches): AttachedSystems {
    const send = () => Promise.resolve(textResponse(200, ""));
    const openPort = () => Promise.resolve({ url: "http://127.0.0.1:1" });
    const log = () => undefined;
    const clock = new ManualClock(0);
    const surroundings = { log, clock, send, temporary: "/tmp", isWatching: false, openPort };
    return new AttachedSystems({ attaching: { tiny }, surroundings });
  }

  it("comes when its system is declared, follows it, and goes with it", async () => {
    const told: string[] = [];
    const attached = attachedTo({
      attach: (outside) => {
        told.push(`attach ${JSON.stringify(outside)}`);
        return {
          hosts: new Map([["bell.example.com", () => Promise.resolve(textResponse(200, "ring"))]]),
          apply: (next) => void told.push(`apply ${JSON.stringify(next)}`),
          open: () => Promise.resolve(void told.push("open")),
          stop: () => Promise.resolve(void told.push("stop")),
        };
      },
    });
    await attached.apply(none());
    await attached.open();
    expect(attached.host("bell.example.com")).to.equal(undefined);
    await attached.apply(some("a"));
    expect(attached.host("bell.example.com")).to.be.a("function");
    await attached.apply(some("b"));
    await attached.apply(none());
    expect(attached.host("bell.example.com")).to.equal(undefined);
    expect(told).to.deep.equal([
      'attach {"bell":[{"name":"a"}]}',
      "open",
      'apply {"bell":[{"name":"b"}]}',
      "stop",
    ]);
  });

  it("is told by the nouns of its system where it changes", () => {
    expect(difference(none(), some("a", "b"))).to.deep.equal(["bells a, b added"]);
    expect(difference(some("a"), some("b"))).to.deep.equal(["bell b added", "bell a removed"]);
    const louder = { ...dev, outside: { tiny: { bell: [{ name: "a", isLoud: true }] } } };
    expect(difference(some("a"), louder)).to.deep.equal(["bell a changed"]);
  });

  it("is a stand-in whose changed source is told", () => {
    const [spec] = dev.services;
    if (spec === undefined) throw new Error("The dev stack declares no service.");
    const before = { ...dev, standIns: [spec] };
    const after = { ...dev, standIns: [{ ...spec, source: "other" }] };
    expect(difference(before, after)).to.deep.equal([`stand-in ${spec.role} changed`]);
  });
});
