/** The rules between the workers of a stack's config, and between them and the rest of it. */
import type { Problem } from "../../config/errors.ts";
import type { Fact, KnownEntry } from "./known-entry.ts";
import type { Place } from "../../google/kind.ts";
import * as run from "../../google/run/kinds.ts";
import type { WorkerEntry } from "./worker-entry.ts";
import { hasSettings, workerOf, workersVariable, type Worker } from "./workers.ts";

/** What the enqueuer's other variables and all names need at most. */
const OTHER_VARIABLES_BYTES = 1024;
const MAX_WORKERS_BYTES = run.MAX_ENVIRONMENT_BYTES - OTHER_VARIABLES_BYTES;
/** A label of a host name. Source: RFC 1035, 2.3.4. */
const MAX_LABEL_LENGTH = 63;

interface WorkersInContext {
  readonly entries: readonly KnownEntry[];
  /** Whether the list names nothing at all, well-formed or not. */
  readonly isEmpty: boolean;
  readonly isEnqueuerOn: boolean;
  readonly place: Place;
  /** Whether these parts of the place are well-formed. */
  readonly isNumberKnown: boolean;
  readonly isRegionKnown: boolean;
  readonly enqueuerName: string;
}

/** All that is wrong between values, worker by worker. A rule looks only at workers of which it knows what it needs. */
export function brokenRules(context: WorkersInContext): Problem[] {
  const workers = context.entries.map((known) => ({
    ...known,
    worker: workerOf(known.entry, context.place),
  }));
  const ofEntries = RULES.flatMap(({ needs, check }) => {
    const known = workers.filter((each) => needs.every((fact) => isKnown(fact, each, context)));
    return known.flatMap((subject) => {
      const others = known.filter((other) => other !== subject);
      const path = `workers[${subject.index}]`;
      return check({ ...subject, others, ...context }).map((problem) => ({
        index: subject.index,
        problem: { ...problem, path: `${path}.${problem.path}` },
      }));
    });
  });
  return [
    ...stackProblems(
      context,
      workers.map(({ worker }) => worker),
    ),
    ...ofEntries.toSorted((a, b) => a.index - b.index).map(({ problem }) => problem),
  ];
}

/** What an entry leaves out is derived from its name and the stack's place, and known where these are. */
function isKnown(fact: Fact, { entry, unknown }: KnownEntry, context: WorkersInContext): boolean {
  const { isNumberKnown, isRegionKnown } = context;
  if (unknown.has(fact)) return false;
  const isExternal = "url" in entry;
  if (fact === "url") return isExternal || (isNumberKnown && isRegionKnown && !unknown.has("name"));
  return fact !== "region" || !isExternal || entry.region !== undefined || isRegionKnown;
}

function stackProblems(context: WorkersInContext, workers: readonly Worker[]): Problem[] {
  const { enqueuerName, place } = context;
  const problems: Problem[] = [];
  if (context.isEnqueuerOn && context.isEmpty) {
    problems.push({ path: "workers", found: [], rule: "must name at least one worker" });
  }
  if (context.isNumberKnown && !hasPredictableUrl(enqueuerName, place)) {
    problems.push({ path: "enqueuerName", found: enqueuerName, rule: lengthRule(place) });
  }
  const bytes = Buffer.byteLength(workersVariable(workers));
  if (bytes > MAX_WORKERS_BYTES) {
    problems.push({
      path: "workers",
      found: `${bytes} bytes as a variable`,
      rule: `must fit in ${MAX_WORKERS_BYTES} bytes, since Google allows a function 32 KiB of variables; use fewer workers or shorter URLs`,
      remove: `workers[${workers.length - 1}]`,
    });
  }
  return problems;
}

interface Subject {
  readonly index: number;
  readonly entry: WorkerEntry;
  readonly worker: Worker;
}

/** A rule about one entry. Paths are the entry's own. */
interface Rule {
  /** What it looks at, of the subject and of the others. */
  readonly needs: readonly Fact[];
  readonly check: (
    subject: Subject & WorkersInContext & { readonly others: readonly Subject[] },
  ) => Problem[];
}

const nameIsUnique: Rule = {
  needs: ["name"],
  check: ({ entry: { name }, index, others, worker, enqueuerName }) => {
    const isTaken = others.some((other) => other.index < index && other.entry.name === name);
    const isEnqueuers = worker.target.kind === "ours" && name === enqueuerName;
    if (!isTaken && !isEnqueuers) return [];
    const rule = `must not be ${isTaken ? "another worker's" : "the enqueuer's"} name`;
    return [{ path: "name", found: name, rule, value: `${name}-2` }];
  },
};

const nameFitsUrl: Rule = {
  needs: ["name"],
  check: ({ entry: { name }, worker, place, isNumberKnown }) =>
    worker.target.kind === "external" || !isNumberKnown || hasPredictableUrl(name, place)
      ? []
      : [{ path: "name", found: name, rule: lengthRule(place) }],
};

/** What a token is made for, and what Cloud Run accepts, is the origin. Source: enqueuer document, Security. */
const audienceIsOrigin: Rule = {
  needs: ["url"],
  check: ({ entry: { audience }, worker }) =>
    audience === undefined || audience === worker.audience
      ? []
      : [
          {
            path: "audience",
            found: audience,
            rule: "must be the origin of the worker's URL, or left out",
            value: worker.audience,
          },
        ],
};

const timeoutCoversDeadline: Rule = {
  needs: ["deadlineSeconds"],
  check: ({ worker: { target, deadlineSeconds } }) =>
    target.kind === "external" || target.timeoutSeconds >= deadlineSeconds
      ? []
      : [
          {
            path: "timeoutSeconds",
            found: target.timeoutSeconds,
            rule: `must be at least the worker's deadlineSeconds, ${deadlineSeconds}, or its tasks are cut off before their time`,
            value: deadlineSeconds,
          },
        ],
};

/** A service that this stack creates is no external one; two of one name elsewhere would share their bindings' names. */
const serviceIsElsewhere: Rule = {
  needs: ["service", "region"],
  check: ({ worker: { target }, others, enqueuerName }) => {
    if (target.kind === "ours") return [];
    const { service, region } = target;
    const isTaken = others.some(({ worker: other }) =>
      other.target.kind === "ours"
        ? other.name === service
        : other.target.service === service && other.target.region !== region,
    );
    if (!isTaken && service !== enqueuerName) return [];
    const rule = "must be a service outside this stack, and of one region only";
    return [{ path: "service", found: service, rule, value: `${service}-external` }];
  },
};

const backoffsAreOrdered: Rule = {
  needs: [],
  check: ({ entry: { retry } }) => {
    const { minBackoffSeconds: min, maxBackoffSeconds: max } = retry ?? {};
    if (min === undefined || max === undefined || min <= max) return [];
    const rule = `must be at most maxBackoffSeconds, ${max}`;
    return [{ path: "retry.minBackoffSeconds", found: min, rule, value: max }];
  },
};

const queueIsSetOnce: Rule = {
  needs: ["queue"],
  check: ({ index, worker, others }) => {
    const isSet = others.some(
      (other) =>
        other.index < index && other.worker.queue === worker.queue && hasSettings(other.worker),
    );
    if (!isSet || !hasSettings(worker)) return [];
    const rule =
      "must be this worker's own, since another worker shares it and says how it dispatches; or leave this one's settings out";
    return [{ path: "queue", found: worker.queue, rule, value: `queue-${worker.name}` }];
  },
};

const RULES: readonly Rule[] = [
  nameIsUnique,
  nameFitsUrl,
  audienceIsOrigin,
  timeoutCoversDeadline,
  serviceIsElsewhere,
  backoffsAreOrdered,
  queueIsSetOnce,
];

function hasPredictableUrl(name: string, { projectNumber }: Place): boolean {
  return `${name}-${projectNumber}`.length <= MAX_LABEL_LENGTH;
}

function lengthRule({ projectNumber }: Place): string {
  return `must have at most ${MAX_LABEL_LENGTH - projectNumber.length - 1} characters, or Cloud Run gives the service no predictable URL`;
}
