/** What a new program changes, in words. */
import { conditionText } from "../../infra/google/condition.ts";
import { shortMember, shortResource, shortRole } from "../../infra/google/short-names.ts";
import type { OpenEntryPoint } from "../entry-points/entry-ports.ts";
import { DECLARES } from "../google/declares.ts";
import type { DeclaresService } from "../google/service.ts";
import { isFunction } from "../host/spec.ts";
import type { Binding } from "../iam/types.ts";
import { changesOf } from "./changes.ts";
import { sliceOf, type Declared } from "./declared.ts";

type Open = readonly Pick<OpenEntryPoint, "url" | "target">[];

/**
 * One line for all that one thing happened to: `queues queue-a, queue-b added`. `open`: where the new entry points answer
 * on this machine. Empty where nothing follows from the change.
 */
export function difference(
  before: Declared,
  after: Declared,
  open: Open = [],
  services: readonly DeclaresService[] = DECLARES,
): readonly string[] {
  const inWords = <Thing>(
    noun: string,
    things: (declared: Declared) => readonly Thing[],
    nameOf: (thing: Thing) => string,
  ): readonly string[] => {
    const named = (declared: Declared): readonly (Thing & Named)[] =>
      things(declared).map((thing) => ({ ...thing, name: nameOf(thing) }));
    return lines(noun, named(before), named(after));
  };
  return [
    ...inWords(
      "function",
      ({ services }) => services.filter(isFunction),
      ({ name }) => name,
    ),
    ...inWords(
      "service",
      ({ services }) => services.filter((spec) => !isFunction(spec)),
      ({ name }) => name,
    ),
    ...services.flatMap((service) => ofService(service, before, after)),
    ...ofOutside(before, after),
    ...inWords(
      "stand-in",
      ({ standIns }) => standIns.map(({ role, source }) => ({ role, source })),
      ({ role }) => role,
    ),
    ...inWords(
      "entry point",
      ({ entryPoints }) => entryPoints,
      ({ role, url }) => addressed(role, url, open),
    ),
    ...inWords(
      "account",
      ({ serviceAccounts }) => serviceAccounts,
      ({ id }) => id,
    ),
    ...newAccess("added", before.bindings, after.bindings),
    ...newAccess("removed", after.bindings, before.bindings),
    ...(before.developer === after.developer ? [] : [`the developer is ${after.developer}`]),
  ];
}

/** What systems need of the outside world, by its nouns. */
function ofOutside(before: Declared, after: Declared): readonly string[] {
  const systems = new Set([...Object.keys(before.outside), ...Object.keys(after.outside)]);
  return [...systems].flatMap((system) => {
    const [was = {}, is = {}] = [before.outside[system], after.outside[system]];
    const nouns = new Set([...Object.keys(was), ...Object.keys(is)]);
    return [...nouns].flatMap((noun) => lines(noun, was[noun] ?? [], is[noun] ?? []));
  });
}

interface Named {
  readonly name: string;
}

function ofService(service: DeclaresService, before: Declared, after: Declared): readonly string[] {
  const [was, is] = [sliceOf(before, service), sliceOf(after, service)];
  return Object.keys(is).flatMap((noun) => {
    const [old, next] = [was[noun] ?? [], is[noun] ?? []];
    const told = service.tells?.(noun, changesOf(old, next), was);
    return told ?? lines(noun, old.map(short), next.map(short));
  });
}

function short<Item extends Named>(item: Item): Item {
  return { ...item, name: item.name.slice(item.name.lastIndexOf("/") + 1) };
}

function lines<Thing extends Named>(
  noun: string,
  before: readonly Thing[],
  after: readonly Thing[],
): readonly string[] {
  const { added, removed, changed } = changesOf(before, after);
  const line = (things: readonly Named[], verb: string): readonly string[] => {
    if (things.length === 0) return [];
    const names = things.map(({ name }) => name).toSorted();
    return [`${noun}${names.length === 1 ? "" : "s"} ${names.join(", ")} ${verb}`];
  };
  return [
    ...line(added, "added"),
    ...line(removed, "removed"),
    ...line(
      changed.map((each) => each.after),
      "changed",
    ),
  ];
}

function addressed(role: string, url: string, open: Open): string {
  const here = open.find(({ target }) => target === url);
  return here === undefined ? role : `${role} at ${here.url}`;
}

/** The bindings of `after` that `before` lacks, those of one member and role together. */
function newAccess(
  verb: string,
  before: readonly Binding[],
  after: readonly Binding[],
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
      const resources = bindings.map((each) => placeOf(each, before)).toSorted();
      return `access ${verb}: ${grant} on ${[...new Set(resources)].join(", ")}`;
    });
}

/** With its condition where that is all that is new: `bucket B, if leases: resource.name.startsWith("…")`. */
function placeOf(binding: Binding, before: readonly Binding[]): string {
  const { resource, condition } = binding;
  const isKnown = before.some((each) => grantOf(each) === grantOf(binding));
  return `${shortResource(resource)}${isKnown ? conditionText(condition) : ""}`;
}

function grantOf({ member, role, resource }: Binding): string {
  return [member, role, resource].join(" ");
}
