/**
 * Under which circumstances a request is to be carried out.
 * Source: cloud.google.com/storage/docs/request-preconditions.
 */
import { conditionNotMet, invalid } from "./errors.ts";

/** The names are the query's. A generation of 0 stands for: there is no such object. */
export interface Preconditions {
  readonly ifGenerationMatch?: number;
  readonly ifGenerationNotMatch?: number;
  readonly ifMetagenerationMatch?: number;
  readonly ifMetagenerationNotMatch?: number;
}

interface Versioned {
  readonly generation?: number;
  readonly metageneration: number;
}

/** The parameters of methods that change or read one object. */
export const OBJECT_PRECONDITIONS = [
  "ifGenerationMatch",
  "ifGenerationNotMatch",
  "ifMetagenerationMatch",
  "ifMetagenerationNotMatch",
] as const;

/** The same of the object that is copied or moved. */
export const SOURCE_PRECONDITIONS = [
  "ifSourceGenerationMatch",
  "ifSourceGenerationNotMatch",
  "ifSourceMetagenerationMatch",
  "ifSourceMetagenerationNotMatch",
] as const;

/** A bucket's preconditions name no generation. */
export const BUCKET_PRECONDITIONS = ["ifMetagenerationMatch", "ifMetagenerationNotMatch"] as const;

export function preconditionsOf(query: URLSearchParams): Preconditions {
  return read(query, (name) => name);
}

/** Those on the object that is copied or moved. */
export function sourcePreconditionsOf(query: URLSearchParams): Preconditions {
  return read(query, (name) => name.replace("if", "ifSource"));
}

function read(query: URLSearchParams, parameter: (name: string) => string): Preconditions {
  return Object.fromEntries(
    OBJECT_PRECONDITIONS.flatMap((name) => {
      const value = query.get(parameter(name));
      return value === null ? [] : [[name, integer(name, value)]];
    }),
  );
}

/**
 * Whether to go on: false where a `…NotMatch` names what is there, which is answered by 304 Not Modified, whatever the
 * method. Throws `conditionNotMet` where a `…Match` names something else.
 */
export function holds(preconditions: Preconditions, current: Versioned | undefined): boolean {
  const generation = current?.generation ?? 0;
  const metageneration = current?.metageneration ?? 0;
  const { ifGenerationMatch, ifGenerationNotMatch } = preconditions;
  const { ifMetagenerationMatch, ifMetagenerationNotMatch } = preconditions;
  if ((ifGenerationMatch ?? generation) !== generation) throw conditionNotMet();
  if ((ifMetagenerationMatch ?? metageneration) !== metageneration) throw conditionNotMet();
  return generation !== ifGenerationNotMatch && metageneration !== ifMetagenerationNotMatch;
}

function integer(name: string, value: string): number {
  if (!/^\d{1,16}$/.test(value)) throw invalid(`Invalid value for ${name}: ${value}`);
  return Number(value);
}
