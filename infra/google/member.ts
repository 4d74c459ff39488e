/** Makes IAM members of any type: the SDK has a class for each, and all are made alike. */
import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { MemberInputs } from "./kind.ts";

type MemberClass = new (
  name: string,
  inputs: MemberInputs,
  opts: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

/** @param type `gcp:pubsub/topicIAMMember:TopicIAMMember`, which is `gcp.pubsub.TopicIAMMember`. Throws where the SDK has none. */
export function makeMember(
  type: string,
  ...args: ConstructorParameters<MemberClass>
): pulumi.CustomResource {
  return new (memberClass(type))(...args);
}

/** The class that registers this type. */
export function memberClass(type: string): MemberClass {
  const [, module = "", name = ""] = /^gcp:(\w+)\/\w+:(\w+)$/.exec(type) ?? [];
  const classes = (gcp as unknown as Readonly<Record<string, unknown>>)[module];
  const found = (classes as Readonly<Record<string, unknown>> | undefined)?.[name];
  if (typeof found !== "function") throw new Error(`@pulumi/gcp has no class for ${type}.`);
  return found as MemberClass;
}
