/** Conditions in CEL, as Google's IAM reads them. Source: cloud.google.com/iam/docs/conditions-attribute-reference. */
import { Environment } from "@marcbachmann/cel-js";
import { extract } from "./extract.ts";
import type { Attributes } from "./types.ts";

/** What an expression reads of one request. */
export interface Circumstances {
  /** Default: those of a service that shows conditions nothing. */
  readonly attributes?: Attributes | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type Outcome =
  | { readonly met: true }
  /** `why`: what kept it from being evaluated; an expression that fails is not met. */
  | { readonly met: false; readonly why?: string };

/** A compiled expression. */
export type Expression = (circumstances: Circumstances) => Outcome;

class Api {
  readonly attributes: NonNullable<Attributes["api"]>;

  constructor(attributes: NonNullable<Attributes["api"]>) {
    this.attributes = attributes;
  }

  get(name: string, otherwise: unknown): unknown {
    return Object.hasOwn(this.attributes, name) ? this.attributes[name] : otherwise;
  }
}

/** Everything that an expression may name. */
export const ENVIRONMENT = new Environment()
  .registerType("Api", { ctor: Api, fields: {} })
  .registerVariable("resource", {
    schema: { name: "string", type: "string", service: "string" },
  })
  .registerVariable("request", { schema: { time: "google.protobuf.Timestamp" } })
  .registerVariable("api", "Api")
  .registerFunction(
    "Api.getAttribute(string, dyn): dyn",
    (api: Api, name: string, otherwise: unknown) => api.get(name, otherwise),
  )
  .registerFunction("string.extract(string): string", extract)
  .registerFunction(
    "list.hasOnly(list): bool",
    (list: readonly unknown[], allowed: readonly unknown[]) =>
      list.every((item) => allowed.includes(item)),
  );

/** Throws for text that is no expression; what else is wrong with one, `expressionProblems` says. */
export function compile(text: string): Expression {
  const parsed = ENVIRONMENT.parse(text);
  return ({ attributes, at }) => {
    const { api = {}, ...resource } = attributes ?? {};
    const request = { time: new Date(at) };
    try {
      const value: unknown = parsed({ resource, request, api: new Api(api) });
      return value === true ? { met: true } : { met: false };
    } catch (error) {
      return { met: false, why: reasonOf(error) };
    }
  };
}

/** One line of an evaluator's error, which shows where in the expression it is on others. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "summary" in error && typeof error.summary === "string" ? error.summary : error.message;
}
