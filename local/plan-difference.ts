/** What a new plan changes, in words. */
import { shortMember, shortResource, shortRole } from "../infra/short-names.ts";
import type { OpenEntryPoint } from "./entry-ports.ts";
import type { Plan } from "./plan.ts";

/**
 * One line for all that one thing happened to: `queues queue-a, queue-b added`. `open`: where the entry points of the
 * new plan answer on this machine. Empty where nothing follows from the change.
 */
export function difference(
  before: Plan,
  after: Plan,
  open: readonly Pick<OpenEntryPoint, "url" | "target">[] = [],
): readonly string[] {
  const byId = ({ name }: { readonly name: string }): string => idOf(name);
  return [
    ...changesOf("function", before.functions, after.functions, ({ name }) => name),
    ...changesOf("queue", before.queues, after.queues, byId),
    ...changesOf("topic", before.topics, after.topics, byId),
    ...changesOf("subscription", before.subscriptions, after.subscriptions, byId),
    ...changesOf("bucket", before.buckets, after.buckets, byId),
    ...changesOf(
      "external worker",
      before.externalServices,
      after.externalServices,
      ({ worker }) => worker,
    ),
    ...changesOf("GitHub App", before.githubApps, after.githubApps, ({ id }) => id),
    ...changesOf("entry point", before.entryPoints, after.entryPoints, ({ role, url }) =>
      addressed(role, url, open),
    ),
    ...changesOf("account", before.serviceAccounts, after.serviceAccounts, ({ id }) => id),
    ...changesOf("secret", before.secrets, after.secrets, byId),
    ...newValues(before.secrets, after.secrets),
    ...newAccess("added", before.bindings, after.bindings),
    ...newAccess("removed", after.bindings, before.bindings),
    ...(before.developer === after.developer ? [] : [`the developer is ${after.developer}`]),
    ...(before.sampleWorker?.source === after.sampleWorker?.source
      ? []
      : ["sample worker changed"]),
  ];
}

function addressed(role: string, url: string, open: Parameters<typeof difference>[2] = []): string {
  const here = open.find(({ target }) => target === url);
  return here === undefined ? role : `${role} at ${here.url}`;
}

/** What changes in a secret without showing: a `Secret` prints the same whatever it holds. */
function newValues(before: Plan["secrets"], after: Plan["secrets"]): string[] {
  const old = new Map(before.map(({ name, value }) => [name, value?.reveal()]));
  return after
    .filter(({ name, value }) => old.has(name) && old.get(name) !== value?.reveal())
    .map(
      ({ name }) => `secret ${idOf(name)} has a new version, for instances that start from now on`,
    );
}

/** The bindings of `after` that `before` lacks, those of one member and role together. */
function newAccess(
  verb: string,
  before: Plan["bindings"],
  after: Plan["bindings"],
): readonly string[] {
  const old = new Set(before.map((binding) => JSON.stringify(binding)));
  const added = after.filter((binding) => !old.has(JSON.stringify(binding)));
  const grants = Map.groupBy(
    added,
    ({ member, role, resource }) => `${shortMember(member, resource)} ${shortRole(role)}`,
  );
  // The program registers in no fixed order.
  return [...grants]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([grant, bindings]) => {
      const resources = bindings.map(({ resource }) => shortResource(resource)).toSorted();
      return `access ${verb}: ${grant} on ${resources.join(", ")}`;
    });
}

function idOf(resource: string): string {
  return resource.slice(resource.lastIndexOf("/") + 1);
}

function changesOf<T>(
  kind: string,
  before: readonly T[],
  after: readonly T[],
  nameOf: (item: T) => string,
): string[] {
  const old = new Map(before.map((item) => [nameOf(item), JSON.stringify(item)]));
  const next = new Map(after.map((item) => [nameOf(item), JSON.stringify(item)]));
  const line = (names: readonly string[], verb: string): string[] =>
    names.length === 0
      ? []
      : [`${kind}${names.length === 1 ? "" : "s"} ${names.toSorted().join(", ")} ${verb}`];
  return [
    ...line(
      [...next.keys()].filter((name) => !old.has(name)),
      "added",
    ),
    ...line(
      [...old.keys()].filter((name) => !next.has(name)),
      "removed",
    ),
    ...line(
      [...next.keys()].filter((name) => old.has(name) && old.get(name) !== next.get(name)),
      "changed",
    ),
  ];
}
