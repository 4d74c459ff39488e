/** A page of a bucket's objects. Source: cloud.google.com/storage/docs/json_api/v1/objects/list. */
import { invalid } from "../errors.ts";
import type { Bucket } from "../buckets/bucket.ts";
import { byBytes } from "../buckets/sorted-names.ts";
import type { StoredObject } from "./object.ts";

/** "The service will use this parameter or 1,000 items, whichever is smaller." */
const MAX_RESULTS = 1000;

export interface ListOptions {
  readonly prefix: string;
  /** Empty: no directories. */
  readonly delimiter: string;
  readonly includeTrailingDelimiter: boolean;
  /** Empty: from the first. Included. */
  readonly startOffset: string;
  /** Empty: to the last. Excluded. */
  readonly endOffset: string;
  /** Items and prefixes together. */
  readonly maxResults: number;
  /** Where the page before ended: an item's name, or a prefix of names that were summed up. */
  readonly after: Position | undefined;
  /** `versions`: noncurrent generations too; `softDeleted`: nothing but what can be restored. */
  readonly of: "live" | "versions" | "softDeleted";
}

interface Position {
  readonly last: string;
  /** Of the last item; names of a list of live objects come once, whatever their generation. Absent of a prefix. */
  readonly generation?: number;
}

export interface Page {
  readonly items: readonly StoredObject[];
  readonly prefixes: readonly string[];
  /** Absent on the last page. */
  readonly nextPageToken?: string;
}

export function listOptions(query: URLSearchParams): ListOptions {
  const text = (name: string): string => query.get(name) ?? "";
  const isSet = (name: string): boolean => /^true$/i.test(text(name));
  return {
    prefix: text("prefix"),
    delimiter: text("delimiter"),
    includeTrailingDelimiter: isSet("includeTrailingDelimiter"),
    startOffset: text("startOffset"),
    endOffset: text("endOffset"),
    maxResults: maxResultsOf(query.get("maxResults")),
    after: positionOf(text("pageToken")),
    of: kindOf(isSet("versions"), isSet("softDeleted")),
  };
}

function kindOf(versions: boolean, softDeleted: boolean): ListOptions["of"] {
  if (versions && softDeleted) {
    throw invalid("versions and softDeleted cannot both be true.");
  }
  if (versions) return "versions";
  return softDeleted ? "softDeleted" : "live";
}

/** `now`: milliseconds since the epoch. */
export function page(bucket: Bucket, options: ListOptions, now: number): Page {
  const { maxResults, after, includeTrailingDelimiter } = options;
  const items: StoredObject[] = [];
  const prefixes = new Set<string>();
  let last = after;
  for (const object of inOrder(bucket, options, now)) {
    const { name } = object;
    if (!isWanted(object, options)) continue;
    const directory = directoryOf(name, options);
    const isItem = directory === undefined || (includeTrailingDelimiter && directory === name);
    const isNew = directory !== undefined && !prefixes.has(directory) && !isBefore(directory, last);
    if (!isItem && !isNew) continue;
    if (last !== undefined && items.length + prefixes.size >= maxResults) {
      return { items, prefixes: [...prefixes], nextPageToken: tokenOf(last) };
    }
    if (isItem) items.push(object);
    if (isNew) prefixes.add(directory);
    last = isItem ? { last: name, generation: object.generation } : { last: directory };
  }
  return { items, prefixes: [...prefixes] };
}

/** By name, and those of one name from the oldest generation to the newest. */
function* inOrder(bucket: Bucket, options: ListOptions, now: number): Iterable<StoredObject> {
  if (options.of === "live") {
    yield* liveInOrder(bucket, options);
  } else if (options.of === "versions") {
    for (const name of bucket.versionedNames()) yield* bucket.generations(name);
  } else {
    yield* bucket.softDeleted
      .all(now)
      .toSorted((a, b) => byBytes(a.name, b.name) || a.generation - b.generation);
  }
}

/** From where the page begins, and the first of each directory: what else the bucket holds costs a page nothing. */
function* liveInOrder(bucket: Bucket, options: ListOptions): Iterable<StoredObject> {
  const { names } = bucket;
  let at = names.first((name) => isReached({ name, generation: 0 }, options));
  for (;;) {
    const name = names.at(at);
    const object = name === undefined ? undefined : bucket.get(name);
    if (object === undefined || !isBeforeEnd(object.name, options)) return;
    yield object;
    const directory = directoryOf(object.name, options);
    at =
      directory === undefined ? at + 1 : names.first((each) => isBehind(each, directory), at + 1);
  }
}

function isWanted(object: StoredObject, options: ListOptions): boolean {
  return isReached(object, options) && isBeforeEnd(object.name, options);
}

/** Whether the page has begun by then: once it has, it has for all that come later. */
function isReached(object: Pick<StoredObject, "name" | "generation">, options: ListOptions) {
  const { name } = object;
  const { prefix, startOffset, after, of } = options;
  return (
    byBytes(name, prefix) >= 0 &&
    byBytes(name, startOffset) >= 0 &&
    (after === undefined || isAfter(object, after, of))
  );
}

function isBeforeEnd(name: string, { prefix, endOffset }: ListOptions): boolean {
  return name.startsWith(prefix) && (endOffset === "" || byBytes(name, endOffset) < 0);
}

/** The name up to the first delimiter behind the prefix, that included; undefined where there is none. */
function directoryOf(name: string, { prefix, delimiter }: ListOptions): string | undefined {
  if (delimiter === "") return undefined;
  const at = name.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : name.slice(0, at + delimiter.length);
}

function isAfter(
  { name, generation }: Pick<StoredObject, "name" | "generation">,
  { last, generation: lastGeneration }: Position,
  of: ListOptions["of"],
): boolean {
  if (lastGeneration === undefined) return isBehind(name, last);
  if (name === last) return of !== "live" && generation > lastGeneration;
  return byBytes(name, last) > 0;
}

/** Beyond everything in a directory. */
function isBehind(name: string, directory: string): boolean {
  return byBytes(name, directory) > 0 && !name.startsWith(directory);
}

/** Whether a page before has shown the directory. */
function isBefore(directory: string, after: Position | undefined): boolean {
  return after?.last.startsWith(directory) === true;
}

function maxResultsOf(text: string | null): number {
  if (text === null) return MAX_RESULTS;
  if (!/^\d{1,10}$/.test(text)) throw invalid(`Invalid value for maxResults: ${text}`);
  const wanted = Number(text);
  return wanted === 0 ? MAX_RESULTS : Math.min(wanted, MAX_RESULTS);
}

/** The generation before the name; a prefix has none. */
function tokenOf({ last, generation }: Position): string {
  return Buffer.from(`${generation ?? ""}/${last}`).toString("base64url");
}

function positionOf(token: string): Position | undefined {
  if (token === "") return undefined;
  const text = Buffer.from(token, "base64url").toString();
  const [, generation = "", last] = /^(\d{0,16})\/(.+)$/s.exec(text) ?? [];
  if (last === undefined) throw invalid("Invalid value for pageToken.");
  return { last, ...(generation !== "" && { generation: Number(generation) }) };
}
