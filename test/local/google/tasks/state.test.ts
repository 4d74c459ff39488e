import { expect } from "chai";
import { TASK_LIFETIME_MS } from "../../../../local/google/tasks/limits.ts";
import { settingsOf } from "../../../../local/google/tasks/queue-settings.ts";
import { Queue, type Task } from "../../../../local/google/tasks/state.ts";
import { QUEUE } from "./queue-brain.ts";

const WINDOW_MS = 1000;

function task(id: string, createdAt: number): Task {
  return {
    id,
    name: `${QUEUE}/tasks/${id}`,
    createdAt,
    dueAt: createdAt,
    order: createdAt,
    slot: -1,
    request: {
      method: "POST",
      url: "https://a.test/",
      headers: {},
      body: Buffer.alloc(0),
      oidcToken: undefined,
    },
    dispatchDeadlineMs: 1,
    dispatchCount: 0,
    responseCount: 0,
    executionCount: 0,
    firstAttemptAt: undefined,
    lastAttempt: undefined,
    previousResponse: undefined,
  };
}

describe("Queue", () => {
  it("asks to be looked at until it has forgotten the names of tasks that are gone", () => {
    const queue = new Queue(QUEUE, settingsOf({}), WINDOW_MS, 0);
    const looks: (number | undefined)[] = [queue.nextExpiry];
    const gone = task("a", 0);
    queue.add(gone);
    looks.push(queue.nextExpiry);
    queue.remove(gone, 600);
    for (let at = queue.nextExpiry; at !== undefined; at = queue.nextExpiry) {
      looks.push(at);
      queue.expire(at);
    }

    expect(looks).to.deep.equal([undefined, TASK_LIFETIME_MS, 1000, 2000]);
    expect(queue.isRecent("a", 1599)).to.equal(false);
  });

  it("blocks a name for the whole window, however often it forgets", () => {
    const queue = new Queue(QUEUE, settingsOf({}), WINDOW_MS, 0);
    const gone = task("a", 0);
    queue.add(gone);
    queue.remove(gone, 600);
    queue.expire(1000);

    expect([queue.isRecent("a", 1599), queue.isRecent("a", 1600)]).to.deep.equal([true, false]);
  });
});
