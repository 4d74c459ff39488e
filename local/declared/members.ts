/** IAM members of the program, read for any kind of resource by its template. */
import * as v from "valibot";
import type { Condition } from "../../infra/google/condition.ts";
import type { Kind } from "../../infra/google/kind.ts";
import type { Member } from "../iam/types.ts";

/** One role for one member on one resource, as the program registers it. */
export interface DeclaredMember {
  readonly member: Member;
  readonly role: string;
  readonly resource: string;
  readonly condition?: Condition;
}

const ConditionInputs = v.strictObject({
  title: v.string(),
  expression: v.string(),
  description: v.exactOptional(v.string()),
});

type Inputs = Readonly<Record<string, unknown>>;
type Read = (inputs: Inputs) => DeclaredMember | readonly string[];

/** Pulumi type → how a member of it is read: what it grants, or what is wrong with it. */
export function memberReaders(kinds: readonly Kind[]): ReadonlyMap<string, Read> {
  return new Map(
    kinds.flatMap((kind) => (kind.member === undefined ? [] : [[kind.member.type, reader(kind)]])),
  );
}

function reader({ member, template, name, parse }: Kind): Read {
  const whole = member?.whole;
  const variables =
    whole === undefined ? [...template.matchAll(/\{(\w+)\}/g)].map(([, id = ""]) => id) : [whole];
  const schema = v.strictObject({
    ...Object.fromEntries(variables.map((key) => [key, v.string()])),
    role: v.string(),
    member: v.string(),
    condition: v.optional(ConditionInputs),
  });
  return (inputs) => {
    const parsed = v.safeParse(schema, inputs);
    if (!parsed.success) {
      return parsed.issues.map((issue) => `${v.getDotPath(issue) ?? "inputs"}: ${issue.message}`);
    }
    const { role, member: principal, condition } = parsed.output;
    const named = Object.fromEntries(variables.map((key) => [key, String(inputs[key])]));
    const resource = whole === undefined ? name(named) : (named[whole] ?? "");
    if (parse(resource) === undefined) return [`${resource} is not a name like ${template}`];
    return { member: principal, role, resource, ...(condition && { condition }) };
  };
}
