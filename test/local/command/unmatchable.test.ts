import { expect } from "chai";
import type { Binding } from "../../../local/iam/types.ts";
import type { LogEntry } from "../../../local/log.ts";
import { noteUnmatchable } from "../../../local/command/unmatchable.ts";

const SERVICE = "projects/p/locations/l/services/enqueuer";

function binding(member: string, role: string): Binding {
  return { member, role, resource: SERVICE, kind: "role" };
}

const group = binding("group:devs@example.com", "roles/run.invoker");
const viewers = binding("group:devs@example.com", "roles/run.viewer");
const others = [
  binding("user:me@example.com", "roles/run.invoker"),
  binding("domain:example.com", "roles/run.invoker"),
  binding("allUsers", "roles/run.invoker"),
];

describe("bindings that can let nobody in on this machine", () => {
  function notices(bindings: readonly Binding[], before?: readonly Binding[]): LogEntry[] {
    const entries: LogEntry[] = [];
    noteUnmatchable({ bindings }, (entry) => entries.push(entry), before && { bindings: before });
    return entries;
  }

  it("are named once per member, with what they would allow", () => {
    expect(notices([...others, group, viewers])).to.deep.equal([
      {
        source: "local",
        severity: "NOTICE",
        message:
          "group:devs@example.com lets nobody in here: only Google knows who is in it. It has run.invoker on service enqueuer, run.viewer on service enqueuer; name a user: to try these.",
        fields: { member: "group:devs@example.com", bindings: [group, viewers] },
      },
    ]);
  });

  it("are not named again when another plan has them still", () => {
    expect(notices([group, viewers], [group])).to.deep.equal([]);
    expect(notices([group], others)).to.have.length(1);
  });
});
