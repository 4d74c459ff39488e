import * as v from "valibot";

/** Control characters but line feed and tab, and what turns the direction of a line. */
const UNSEEN = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** Text of a model, a page or a person without what a reader cannot see. Half of a surrogate pair is no text. */
export function readable(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, "\n")
    .replace(UNSEEN, (unseen) => (unseen === "\n" || unseen === "\t" ? unseen : ""))
    .trim();
}

/** Text that somebody else wrote: readable, not empty, and no longer than so many characters. */
export function text(maxLength: number) {
  return v.pipe(
    v.string(),
    v.transform(readable),
    v.nonEmpty("must not be empty"),
    v.maxLength(maxLength, `must have at most ${maxLength} characters`),
  );
}

/** The same, where nothing need be said. */
export function textOrNone(maxLength: number) {
  return v.pipe(
    v.string(),
    v.transform(readable),
    v.maxLength(maxLength, `must have at most ${maxLength} characters`),
  );
}

/** A few short sentences; an empty list where none is demanded. */
export function sentences(min: number, max: number, maxLength = 400) {
  return v.pipe(v.array(text(maxLength)), v.minLength(min), v.maxLength(max));
}

/** 0 to 1. */
export const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** An id that this pipeline gave. */
export const Id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, "must be an id"));

/** Ids of things in the same run. */
export const Ids = v.pipe(v.array(Id), v.maxLength(400));
