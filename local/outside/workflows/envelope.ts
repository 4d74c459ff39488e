/** Events as they are given, made whole as the service does it. */
import { randomInt } from "node:crypto";
import type { Envelope } from "./model.ts";
import { isFields, textOf, type Fields } from "./values.ts";

/** Bytes of an event's data as JSON. */
export const MAX_DATA_BYTES = 65_536;

/** Seconds until an event says that it expires. Nothing is deleted then: no policy is declared that would. */
const TTL_SECONDS = 86_400;

/** Why an event is refused, in the words of the answer. */
export class BadEvent extends Error {
  override readonly name = "BadEvent";
}

/** Throws BadEvent for what cannot be stored. */
export function envelopeOf(input: Fields, now: number): Envelope {
  const projectId = textOf(input.projectId);
  if (projectId === "") throw new BadEvent("projectId required");
  const given = {
    id: optional(input, "id") ?? newEventId(now),
    create_time: optional(input, "create_time") ?? new Date(now).toISOString(),
    projectId,
    sessionId: typeof input.sessionId === "string" ? input.sessionId.trim() : "",
    background: Boolean(input.background),
    type: optional(input, "type") ?? "message",
    source: optional(input, "source") ?? "",
  };
  if (given.id.includes("/")) {
    throw new BadEvent(
      `Value for argument "documentPath" must point to a document, but was "${given.id}". Your path does not contain an even number of components.`,
    );
  }
  return {
    ...given,
    sessionId: defined("sessionId", given.sessionId),
    source: defined("source", given.source),
    data: dataOf(input.data, given),
    expires_at: expiryOf(now),
  };
}

/** Eight characters of time and sixteen by chance: in the order of their making. */
export function newEventId(now: number): string {
  const chance = Array.from({ length: 16 }, () => randomInt(36).toString(36)).join("");
  return `${now.toString(36).padStart(8, "0")}${chance}`;
}

/** Of the same length and the same characters as Firestore's own ids. */
export function newDocumentId(): string {
  const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return Array.from({ length: 20 }, () => characters.charAt(randomInt(characters.length))).join("");
}

function optional(input: Fields, name: string): string | undefined {
  const value = input[name];
  if (typeof value === "string") return value === "" ? undefined : value;
  if (value === undefined || value === null || value === false || value === 0) return undefined;
  throw new BadEvent(`${name} is text; anything else is not supported here.`);
}

/** Firestore stores nothing that is not there, and says so. */
function defined(name: string, value: string): string {
  if (value !== "") return value;
  throw new BadEvent(
    `Value for argument "data" is not a valid Firestore document. Cannot use "undefined" as a Firestore value (found in field "${name}"). If you want to ignore undefined values, enable \`ignoreUndefinedProperties\`.`,
  );
}

function dataOf(
  data: unknown,
  event: Pick<Envelope, "create_time" | "projectId" | "sessionId" | "background">,
): unknown {
  if (!isFields(data)) return isNothing(data) ? dataOf({}, event) : data;
  const attributes = isFields(data.attributes) ? data.attributes : {};
  const payload = isFields(data.payload) ? data.payload : {};
  const { create_time, projectId, sessionId, background } = event;
  return {
    ...data,
    create_time: isNothing(data.create_time) ? create_time : data.create_time,
    attributes: {
      ...attributes,
      projectId: isNothing(attributes.projectId) ? projectId : attributes.projectId,
      ...(sessionId !== "" && {
        sessionId: isNothing(attributes.sessionId) ? sessionId : attributes.sessionId,
      }),
    },
    ...(background && { payload: { ...payload, background: true } }),
  };
}

function isNothing(value: unknown): boolean {
  return [undefined, null, false, 0, ""].some((nothing) => nothing === value);
}

function expiryOf(now: number): Envelope["expires_at"] {
  const at = now + TTL_SECONDS * 1000;
  return { _seconds: Math.floor(at / 1000), _nanoseconds: (at % 1000) * 1_000_000 };
}
