import type { Plan } from "./plan.ts";

/** What a new plan changes, in words. */
export function difference(before: Plan, after: Plan): string {
  const changes = [
    ...changesOf("function", before.functions, after.functions, ({ name }) => name),
    ...changesOf("queue", before.queues, after.queues, ({ name }) => idOf(name)),
    ...changesOf(
      "external worker",
      before.externalServices,
      after.externalServices,
      ({ worker }) => worker,
    ),
    ...changesOf("entry point", before.entryPoints, after.entryPoints, ({ url }) => url),
    ...changesOf("account", before.serviceAccounts, after.serviceAccounts, ({ id }) => id),
    ...changesOf("secret", before.secrets, after.secrets, ({ name }) => idOf(name)),
    ...newValues(before.secrets, after.secrets),
    ...changesOf("binding", before.bindings, after.bindings, nameOfBinding),
  ];
  if (before.developer !== after.developer) changes.push(`the developer is ${after.developer}`);
  if (before.sampleWorker?.source !== after.sampleWorker?.source)
    changes.push("sample worker changed");
  return changes.length === 0 ? "nothing follows from it" : changes.join("; ");
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

function idOf(resource: string): string {
  return resource.slice(resource.lastIndexOf("/") + 1);
}

function nameOfBinding({ member, role, resource }: Plan["bindings"][number]): string {
  return `${member} ${role} on ${resource}`;
}

function changesOf<T>(
  kind: string,
  before: readonly T[],
  after: readonly T[],
  nameOf: (item: T) => string,
): string[] {
  const old = new Map(before.map((item) => [nameOf(item), JSON.stringify(item)]));
  const next = new Map(after.map((item) => [nameOf(item), JSON.stringify(item)]));
  const added = [...next.keys()].filter((name) => !old.has(name));
  const removed = [...old.keys()].filter((name) => !next.has(name));
  const changed = [...next].filter(([name, value]) => old.has(name) && old.get(name) !== value);
  return [
    ...added.map((name) => `${kind} ${name} added`),
    ...removed.map((name) => `${kind} ${name} removed`),
    ...changed.map(([name]) => `${kind} ${name} changed`),
  ];
}
