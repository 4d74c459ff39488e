/** What is stored of each user's projects. */
import { EventLog } from "./event-log.ts";
import { History, type Bounds } from "./history.ts";
import type { Callback, Cursor, Envelope, Lock, Workspace } from "./model.ts";

/** A user's project. Another user's project of the same id is another one. */
export class Space {
  readonly user: string;
  readonly project: string;
  readonly workspaces = new Map<string, Workspace>();
  readonly events = new EventLog();
  /** By `project` or `session:ID`. */
  readonly cursors = new Map<string, Cursor>();
  readonly callbacks = new Map<string, Callback>();
  lock: Lock | undefined;
  /** Whether there is a document of the project itself; locks and workspaces need one. */
  isMade = false;
  /** Milliseconds since the epoch: the time of the last event that `callTool` made. */
  lastCall: number | undefined;

  constructor(user: string, project: string) {
    this.user = user;
    this.project = project;
  }
}

/** Far more than anybody makes by hand. */
const MAX_SPACES = 1000;
const MAX_IN_SPACE = 10_000;

export class State {
  readonly #spaces = new Map<string, Space>();
  readonly #arrivals: History<{ readonly space: Space; readonly event: Envelope }>;

  /** The events that arrived first go when there are more than the bounds allow. */
  constructor(events: Bounds) {
    this.#arrivals = new History(events, ({ space, event }) => space.events.remove(event));
  }

  get spaces(): readonly Space[] {
    return [...this.#spaces.values()];
  }

  /** The user's project, for reading. What nobody wrote anything of is empty. */
  read(user: string, project: string): Space {
    return this.#spaces.get(keyOf(user, project)) ?? new Space(user, project);
  }

  /** The user's project, for writing. */
  write(user: string, project: string): Space {
    const space = this.read(user, project);
    keep(this.#spaces, keyOf(user, project), space, MAX_SPACES);
    return space;
  }

  /** Says whether the event is a new one. */
  addEvent(space: Space, event: Envelope): boolean {
    const isNew = space.events.put(event);
    this.#arrivals.note({ space, event }, JSON.stringify(event).length);
    return isNew;
  }

  addWorkspace(space: Space, workspace: Workspace): void {
    keep(space.workspaces, workspace.id, workspace, MAX_IN_SPACE);
  }

  addCallback(space: Space, callback: Callback): void {
    keep(space.callbacks, callback.id, callback, MAX_IN_SPACE);
  }

  setCursor(space: Space, name: string, cursor: Cursor): void {
    keep(space.cursors, name, cursor, MAX_IN_SPACE);
  }
}

function keyOf(user: string, project: string): string {
  return JSON.stringify([user, project]);
}

/** Sets an entry of a map that holds at most so many; the one that was made first goes. */
function keep<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  map.set(key, value);
  if (map.size <= most) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
