import type { Added, NewTask, Ports, Tasks, Worker } from "../../functions/enqueuer/ports.ts";

export const BRAIN: Worker = {
  name: "brain",
  queue: "queue-brain",
  url: "https://brain-1.us-central1.run.app/process",
  audience: "https://brain-1.us-central1.run.app",
  deadlineSeconds: 700,
};

/** Queues in memory: keeps what was added, refuses a name that is taken, or refuses everything as told. */
export class TasksInMemory implements Tasks {
  readonly added: NewTask[] = [];
  refusal: Added | undefined;

  add(task: NewTask): Promise<Added> {
    if (this.refusal !== undefined) return Promise.resolve(this.refusal);
    const name = `projects/p/locations/r/queues/${task.worker.queue}/tasks/${task.id}`;
    if (this.added.some(({ id }) => id === task.id))
      return Promise.resolve({ kind: "exists", name });
    this.added.push(task);
    return Promise.resolve({ kind: "added", name });
  }
}

/** Ports at noon on the first of January 2026, with keys key-1, key-2, … */
export function enqueuerPorts(tasks: Tasks): Ports {
  let keys = 0;
  return {
    workers: new Map([
      ["brain", BRAIN],
      ["testimonios", { ...BRAIN, name: "testimonios", queue: "queue-testimonios" }],
    ]),
    tasks,
    now: () => new Date("2026-01-01T12:00:00Z"),
    newKey: () => `key-${(keys += 1)}`,
  };
}
