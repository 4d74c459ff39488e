/**
 * What the producer does for people, end to end: workflows call tools, and their results come back. Each story has a
 * workspace of its own and may be run again: the access suite runs those again that used a binding it has taken away.
 */
import { expect } from "chai";
import { workflowsOf } from "../../../local/systems/producer/attach.ts";
import { LOCATION, lookUp, type Story } from "../../support/story.ts";
import type { TestPlatform } from "../../support/platform.ts";
import { Workspace } from "./workspace.ts";

const WORK = "switchyard-dev-producer-work";
/** A tool that names more time than a run has left, once that has begun another. */
const LONG = { command: "true", timeoutSeconds: 600 };

/** A new instance of a function reads its secret when it starts. */
function knowsSecret(role: "producer" | "consumer"): Story {
  return {
    title: `has a new instance of ${role} know the secret that both sides share`,
    run: async (p) => {
      await p.restart(role);
      const workspace = new Workspace(p);
      const call = workspace.call("UPDATE_FILE", { filepath: "a.txt", content: "a" });
      await workspace.bridge([call]);
      expect(workspace.answers(call)).to.deep.equal([
        { filepath: "a.txt", bytesWritten: 1, append: false },
      ]);
    },
  };
}

export const stories: readonly Story[] = [
  ...["producer", "producer-control", "consumer"].map(lookUp),
  {
    title: "lets an operator look at the queue producer and its tasks",
    run: async (p) => {
      const url = `https://cloudtasks.googleapis.com/v2/${LOCATION}/queues/producer`;
      const described = await p.as("developer", url);
      expect(described.body).to.include({
        name: `${LOCATION}/queues/producer`,
        state: "RUNNING",
      });
      expect((await p.as("developer", `${url}/tasks`)).status).to.equal(200);
    },
  },
  {
    title: "brings each event to the consumer and each result to its own callback, in order",
    run: async (p) => {
      const workspace = new Workspace(p);
      const write = workspace.call("UPDATE_FILE", { filepath: "a.txt", content: "hello" });
      const read = workspace.call("READ_FILE", { filepath: "a.txt" });
      const command = workspace.call("RUN_COMMAND", { command: "true", timeoutSeconds: 5 });
      const unknown = workspace.call("NO_SUCH_TOOL", {});
      const calls = [write, read, command, unknown];
      const { status, body } = await workspace.bridge(calls);
      expect({ status, message: (body as { message: string }).message }).to.deep.equal({
        status: 202,
        message: "Started",
      });
      expect(calls.map((call) => workspace.answers(call))).to.deep.equal([
        [{ filepath: "a.txt", bytesWritten: 5, append: false }],
        [{ filepath: "a.txt", content: "hello", truncated: false, bytes: 5 }],
        [{ result: null, error: "RUN_COMMAND: not enabled here" }],
        [{ result: null }],
      ]);
      expect(workspace.committed).to.deep.equal(calls.map(({ eventId }) => eventId));
      expect(workspace.locks).to.deep.equal(["acquired", "released"]);
    },
  },
  {
    title: "brings a tenant's objects to its tools, and what they write to its objects",
    run: async (p) => {
      const workspace = new Workspace(p);
      await upload(p, `${workspace.prefix}given.txt`, "from the bucket");
      const read = workspace.call("READ_FILE", { filepath: "given.txt" });
      const write = workspace.call("UPDATE_FILE", { filepath: "made.txt", content: "made" });
      const sync = workspace.call("GCS_SYNC", {});
      await workspace.bridge([read, write, sync]);
      expect([read, write, sync].map((call) => workspace.answers(call))).to.deep.equal([
        [{ filepath: "given.txt", content: "from the bucket", truncated: false, bytes: 15 }],
        [{ filepath: "made.txt", bytesWritten: 4, append: false }],
        [{ scannedRemote: 2, downloaded: 0, uploaded: 0, conflicts: 0 }],
      ]);
      expect(await objectText(p, `${workspace.prefix}made.txt`)).to.equal("made");
    },
  },
  {
    title: "hands over to a successor what would not end before its caller's deadline",
    run: async (p) => {
      const workspace = new Workspace(p);
      const calls = [
        workspace.call("UPDATE_FILE", { filepath: "a.txt", content: "a" }),
        workspace.call("RUN_COMMAND", LONG),
      ];
      await workspace.bridge(calls);
      expect(workspace.committed).to.deep.equal(calls.map(({ eventId }) => eventId));
      expect(calls.map((call) => workspace.answers(call).length)).to.deep.equal([1, 1]);
      expect(workspace.locks).to.deep.equal(["acquired", "released", "acquired", "released"]);
    },
  },
  {
    title: "sets an event aside whose result is refused, goes on behind it, and sends it again",
    run: async (p) => {
      const workspace = new Workspace(p);
      const [poisoned, next] = [
        workspace.call("UPDATE_FILE", { filepath: "a.txt", content: "a", append: true }),
        workspace.call("READ_FILE", { filepath: "a.txt" }),
      ] as const;
      workflowsOf(p.cloud).faults.order({ fault: "fail", of: "callback", status: 413 });
      await workspace.bridge([poisoned, next]);
      const given_up = "The tool was given up: The callback could not be delivered.";
      expect(workspace.answers(poisoned)).to.deep.equal([{ result: null, error: given_up }]);
      expect(workspace.answers(next)).to.have.length(1);
      expect(workspace.committed).to.deep.equal([poisoned.eventId, next.eventId]);
      expect(await lettersOf(workspace)).to.deep.equal([
        { event_id: poisoned.eventId, attempts: 1, callback: "posted", can_be_resent: true },
      ]);

      const { status, body } = await workspace.working(
        () => workspace.ask("dead-letters/resend", { eventIds: [poisoned.eventId] }),
        [],
        () => workspace.answers(poisoned).length === 2,
      );
      const { ordered, unknown } = body as Readonly<Record<string, unknown>>;
      expect({ status, ordered, unknown }).to.deep.equal({
        status: 202,
        ordered: [poisoned.eventId],
        unknown: [],
      });
      // The tool itself does not run again.
      const answer = { filepath: "a.txt", bytesWritten: 1, append: true };
      expect(workspace.answers(poisoned)[1]).to.deep.equal(answer);
      expect(await lettersOf(workspace)).to.deep.equal([]);
    },
  },
  {
    title: "says how far a workspace is",
    run: async (p) => {
      const workspace = new Workspace(p);
      const call = workspace.call("NO_SUCH_TOOL", {});
      await workspace.bridge([call]);
      const { body } = await workspace.ask("status");
      const [status] = (body as { workspaces: readonly Status[] }).workspaces;
      expect({
        lag: status?.lag_ms,
        by: status?.bridge.ended_by,
        committed: status?.bridge.committed.id,
        done: status?.bridge.done,
        isLocked: status?.lock.locked,
        letters: status?.dead_letters,
      }).to.deep.equal({
        lag: 0,
        by: "stopped",
        committed: call.eventId,
        done: 1,
        isLocked: false,
        letters: 0,
      });
    },
  },
  knowsSecret("producer"),
  knowsSecret("consumer"),
];

interface Status {
  readonly lag_ms: number;
  readonly bridge: {
    readonly ended_by: string;
    readonly committed: { readonly id: string };
    readonly done: number;
  };
  readonly lock: { readonly locked: boolean };
  readonly dead_letters: number;
}

async function lettersOf(workspace: Workspace): Promise<readonly unknown[]> {
  const { body } = await workspace.ask("dead-letters");
  const { dead_letters: letters } = body as {
    readonly dead_letters: readonly Readonly<Record<string, unknown>>[];
  };
  return letters.map(({ event_id, attempts, callback, can_be_resent }) => ({
    event_id,
    attempts,
    callback,
    can_be_resent,
  }));
}

/** As the producer's account, which alone may. */
async function upload(p: TestPlatform, name: string, content: string): Promise<void> {
  const query = new URLSearchParams({ uploadType: "media", name }).toString();
  const url = `https://storage.googleapis.com/upload/storage/v1/b/${WORK}/o?${query}`;
  const { status } = await p.as("producer", url, { method: "POST", body: content });
  expect(status).to.equal(200);
}

async function objectText(p: TestPlatform, name: string): Promise<unknown> {
  const path = `${encodeURIComponent(name)}?alt=media`;
  const { body } = await p.as(
    "producer",
    `https://storage.googleapis.com/storage/v1/b/${WORK}/o/${path}`,
  );
  return body;
}
