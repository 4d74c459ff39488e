/** A page of a bucket's objects. Source: cloud.google.com/storage/docs/json_api/v1/objects/list. */
import { invalid } from "./errors.ts";
import { byBytes, type Bucket, type StoredObject } from "./state.ts";

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
}

interface Position {
  readonly last: string;
  readonly isPrefix: boolean;
}

export interface Page {
  readonly items: readonly StoredObject[];
  readonly prefixes: readonly string[];
  /** Absent on the last page. */
  readonly nextPageToken?: string;
}

export function listOptions(query: URLSearchParams): ListOptions {
  const text = (name: string): string => query.get(name) ?? "";
  return {
    prefix: text("prefix"),
    delimiter: text("delimiter"),
    includeTrailingDelimiter: /^true$/i.test(text("includeTrailingDelimiter")),
    startOffset: text("startOffset"),
    endOffset: text("endOffset"),
    maxResults: maxResultsOf(query.get("maxResults")),
    after: positionOf(text("pageToken")),
  };
}

export function page(bucket: Bucket, options: ListOptions): Page {
  const { maxResults, after, includeTrailingDelimiter } = options;
  const items: StoredObject[] = [];
  const prefixes = new Set<string>();
  let last = after;
  for (const name of bucket.names()) {
    const object = bucket.get(name);
    if (object === undefined || !isWanted(name, options)) continue;
    const directory = directoryOf(name, options);
    const isItem = directory === undefined || (includeTrailingDelimiter && directory === name);
    const isNew = directory !== undefined && !prefixes.has(directory) && !isBefore(directory, last);
    if (!isItem && !isNew) continue;
    if (last !== undefined && items.length + prefixes.size >= maxResults) {
      return { items, prefixes: [...prefixes], nextPageToken: tokenOf(last) };
    }
    if (isItem) items.push(object);
    if (isNew) prefixes.add(directory);
    last = isItem ? { last: name, isPrefix: false } : { last: directory, isPrefix: true };
  }
  return { items, prefixes: [...prefixes] };
}

function isWanted(name: string, { prefix, startOffset, endOffset, after }: ListOptions): boolean {
  return (
    name.startsWith(prefix) &&
    (startOffset === "" || byBytes(name, startOffset) >= 0) &&
    (endOffset === "" || byBytes(name, endOffset) < 0) &&
    (after === undefined || isAfter(name, after))
  );
}

/** The name up to the first delimiter behind the prefix, that included; undefined where there is none. */
function directoryOf(name: string, { prefix, delimiter }: ListOptions): string | undefined {
  if (delimiter === "") return undefined;
  const at = name.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : name.slice(0, at + delimiter.length);
}

function isAfter(name: string, { last, isPrefix }: Position): boolean {
  return byBytes(name, last) > 0 && !(isPrefix && name.startsWith(last));
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

function tokenOf({ last, isPrefix }: Position): string {
  return Buffer.from(`${isPrefix ? "p" : "i"}${last}`).toString("base64url");
}

function positionOf(token: string): Position | undefined {
  if (token === "") return undefined;
  const text = Buffer.from(token, "base64url").toString();
  if (!/^[pi]./s.test(text)) throw invalid("Invalid value for pageToken.");
  return { last: text.slice(1), isPrefix: text.startsWith("p") };
}
