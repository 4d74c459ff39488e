import type { Clock } from "../../clock.ts";
import type { Headers, LocalRequest, LocalResponse } from "../../http/message.ts";
import type { Log } from "../../log.ts";
import { patternOf, type Pattern } from "../../http/routes.ts";
import type { Endpoint, Faults } from "./faults.ts";
import type { Records } from "./records.ts";
import type { Space, State } from "./state.ts";
import type { Streams } from "./streams.ts";
import type { Fields } from "./values.ts";

/** What the routes work on. */
export interface World {
  readonly clock: Clock;
  readonly log: Log;
  readonly state: State;
  readonly streams: Streams;
  readonly faults: Faults;
  readonly records: Records;
  readonly burstBytes: () => number;
}

/** One request to a route. */
export interface Call {
  readonly world: World;
  readonly headers: Headers;
  readonly signal: LocalRequest["signal"];
  readonly user: string;
  /** Of the header `x-project-id`, which decides where things are stored. */
  readonly project: string;
  /** All of the body, without who called. */
  readonly body: unknown;
  /** The body's fields; none where it is a list. */
  readonly fields: Fields;
  /** The first of the query's parameters of these names that has a value. */
  readonly query: (...names: readonly string[]) => string;
  /** The path's variable of that name, without percent-escapes. */
  readonly param: (name: string) => string;
}

export interface Route extends Pattern {
  /** What faults call it; undefined: none can be ordered. */
  readonly endpoint: Endpoint | undefined;
  readonly answer: (call: Call) => LocalResponse | Promise<LocalResponse>;
}

/** A route: `POST /callbacks/{id}`. */
export function route(template: string, answer: Route["answer"], endpoint?: Endpoint): Route {
  return { ...patternOf(template), endpoint, answer };
}

/** The caller's project, for reading. */
export function spaceOf({ world, user, project }: Call): Space {
  return world.state.read(user, project);
}
