import { expect } from "chai";
import { EventLog } from "../../../../local/outside/workflows/event-log.ts";
import { envelopeOf } from "../../../../local/outside/workflows/envelope.ts";
import { History } from "../../../../local/outside/workflows/history.ts";
import { State } from "../../../../local/outside/workflows/state.ts";
import fc from "fast-check";
import { at, envelope } from "./small-service.ts";

const event = (id: string, more: object = {}) => envelopeOf(envelope(id, { ...more }), 0);

describe("what the workflows service keeps", () => {
  it("is the newest, within a number and a size", () => {
    const dropped: string[] = [];
    const history = new History<string>({ entries: 3, bytes: 10 }, (each) => dropped.push(each));
    for (const each of ["a", "b", "c", "d"]) history.note(each, 2);
    expect([history.all, dropped]).to.deep.equal([["b", "c", "d"], ["a"]]);
    history.note("e", 7);
    expect([history.all, dropped]).to.deep.equal([
      ["d", "e"],
      ["a", "b", "c"],
    ]);
    history.note("f", 11);
    expect(history.all).to.deep.equal([]);
    expect(history.newest(5)).to.deep.equal([]);
  });

  it("of events are those that arrived last, whatever their times", () => {
    const state = new State({ entries: 2, bytes: 1e6 });
    const [one, other] = [state.write("ada", "p1"), state.write("bob", "p1")];
    state.addEvent(one, event("late", { create_time: at(9) }));
    state.addEvent(other, event("b"));
    state.addEvent(one, event("c"));
    const ids = [one, other].map(({ events }) => events.after(undefined).map(({ id }) => id));
    expect(ids).to.deep.equal([["c"], ["b"]]);
  });

  it("of an event that was posted again is the newer one", () => {
    const state = new State({ entries: 2, bytes: 1e6 });
    const space = state.write("ada", "p1");
    state.addEvent(space, event("a"));
    state.addEvent(space, event("a", { source: "newer" }));
    state.addEvent(space, event("b"));
    expect(space.events.find("a")?.source).to.equal("newer");
  });

  it("of projects are at most a thousand", () => {
    const state = new State({ entries: 2, bytes: 1e6 });
    for (let i = 0; i < 1001; i++) state.write("ada", `p${i}`);
    expect(state.spaces).to.have.length(1000);
    expect(state.read("ada", "p0")).not.to.equal(state.read("ada", "p0"));
    expect(state.read("ada", "p1000")).to.equal(state.read("ada", "p1000"));
  });

  it("is in the order of time and id, whatever came first", () => {
    const ids = fc.uniqueArray(fc.nat(50), { selector: (id) => id });
    const property = fc.property(
      fc.array(fc.tuple(fc.nat(20), fc.nat(5))),
      ids,
      fc.nat(6),
      (given, removed, from) => {
        const log = new EventLog();
        const model = new Map<string, ReturnType<typeof event>>();
        for (const [id, second] of given) {
          const each = event(`e${id}`, { create_time: at(second) });
          expect(log.put(each)).to.equal(!model.has(each.id));
          model.set(each.id, each);
        }
        for (const id of removed) {
          const each = model.get(`e${id}`);
          if (each !== undefined) log.remove(each);
          model.delete(`e${id}`);
        }
        const keyOf = (each: ReturnType<typeof event>) => `${each.create_time} ${each.id}`;
        const expected = [...model.values()].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
        expect(log.after(undefined)).to.deep.equal(expected);
        expect(log.after(at(from))).to.deep.equal(
          expected.filter(({ create_time }) => create_time > at(from)),
        );
      },
    );
    fc.assert(property);
  });
});
