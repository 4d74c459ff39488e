/**
 * A kind of Google resource, said once by the template of its name. Pure, like every `kinds.ts` beside it: the program and
 * the local cloud both stand on these.
 */
import type { Condition } from "./condition.ts";

/** Where a resource lives: the part of the config that names are made of. */
export interface Place {
  /** Project id. */
  readonly project: string;
  readonly projectNumber: string;
  readonly region: string;
}

/** What an IAM member is registered with: names, `role`, `member`, and where it has one its `condition`. */
export type MemberInputs = Readonly<Record<string, string | Condition>>;

/** `project`, `location` and `name` of `projects/{project}/locations/{location}/queues/{name}`. */
type VariablesOf<Template extends string> =
  Template extends `${string}{${infer Variable}}${infer Rest}`
    ? Variable | VariablesOf<Rest>
    : never;

/** The additive member type by which access to a resource is granted. */
export interface MemberType {
  /** `gcp:cloudtasks/queueIamMember:QueueIamMember` */
  readonly type: string;
  /** The one input that takes the resource's whole name. Default: an input for each variable of the template. */
  readonly whole?: string;
  /**
   * Whether its policy takes conditions, and of what: `attributes` of resources and the time, or the `time` alone, where the
   * service shows conditions nothing of its resources. Default: neither.
   * Source: cloud.google.com/iam/help/conditions/resource-policies and …/iam/docs/conditions-attribute-reference.
   */
  readonly conditions?: "attributes" | "time";
}

interface Described<Template extends string> {
  /** What people call one. */
  readonly noun: string;
  /** Relative name, as policies and audit logs write it: `projects/{project}/topics/{topic}`. The last variable is the id. */
  readonly template: Template;
  /** Absent where a resource has no policy of its own. */
  readonly member?: MemberType;
}

export interface Kind<Template extends string = string> extends Described<Template> {
  /** The name of one, from all variables of the template. */
  readonly name: (variables: Readonly<Record<VariablesOf<Template>, string>>) => string;
  /** The name of the one with this id in a place. */
  readonly of: (id: string, place?: Partial<Place>) => string;
  /** The variables of a name; undefined where it is not of this kind. */
  readonly parse: (name: string) => Readonly<Record<string, string>> | undefined;
}

const VARIABLE = /\{(\w+)\}/g;

/** A kind of that name and template. */
export function kind<const Template extends string>(
  described: Described<Template>,
): Kind<Template> {
  const { template } = described;
  const variables = [...template.matchAll(VARIABLE)].map(([, variable = ""]) => variable);
  const id = variables.at(-1) ?? "";
  const literal = template.replaceAll(/[.+?^$()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(`^${literal.replace(VARIABLE, "(?<$1>[^/]+)")}$`);
  const filled = (values: Readonly<Record<string, string | undefined>>): string =>
    template.replace(VARIABLE, (_, variable: string) => {
      const value = values[variable];
      if (value !== undefined) return value;
      throw new Error(`The name of a ${described.noun}, ${template}, needs a ${variable}.`);
    });
  return {
    ...described,
    name: filled,
    of: (value, { project, region } = {}) => filled({ project, location: region, [id]: value }),
    parse: (name) => pattern.exec(name)?.groups,
  };
}

/** What a kind of this list says of a name; undefined where none does. */
export function kindOf(name: string, kinds: readonly Kind[]): Kind | undefined {
  return kinds.find(({ parse }) => parse(name) !== undefined);
}
