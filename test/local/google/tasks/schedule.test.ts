import { expect } from "chai";
import fc from "fast-check";
import { Schedule } from "../../../../local/google/tasks/dispatch/schedule.ts";
import type { Scheduled } from "../../../../local/google/tasks/dispatch/schedule.ts";

describe("Schedule", () => {
  it("gives its items by due time, the older first, after any puts, moves and removals", () => {
    const step = fc.record({
      what: fc.constantFrom("put", "remove"),
      item: fc.nat(30),
      dueAt: fc.nat(20),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const items: Scheduled[] = Array.from({ length: 31 }, (_, order) => ({
          ...{ dueAt: 0, order, slot: -1 },
        }));
        const schedule = new Schedule<Scheduled>();
        const model = new Set<Scheduled>();
        for (const { what, item: index, dueAt } of steps) {
          const item = items[index] ?? { dueAt, order: index, slot: -1 };
          if (what === "put") {
            item.dueAt = dueAt;
            schedule.put(item);
            model.add(item);
          } else {
            schedule.remove(item);
            model.delete(item);
          }
        }
        const expected = [...model].sort((a, b) => a.dueAt - b.dueAt || a.order - b.order);
        const given: Scheduled[] = [];
        for (let first = schedule.first; first !== undefined; first = schedule.first) {
          given.push(first);
          schedule.remove(first);
        }
        expect(given).to.deep.equal(expected);
      }),
    );
  });
});
