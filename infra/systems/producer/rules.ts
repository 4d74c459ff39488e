/** The rules between the values of the producer's config. */
import * as v from "valibot";
import type { Problem } from "../../config/errors.ts";
import type { Written } from "../../config/part.ts";
import { KEYS } from "./keys.ts";
import { tenantConditions } from "./tenants.ts";

/** Source: cloud.google.com/iam/quotas, conditional bindings of one role and one member in an allow policy. */
const MAX_CONDITIONAL_BINDINGS = 20;
/** As long as a bucket's name gets. */
const LONGEST_BUCKET = "b".repeat(63);

/** All that is wrong between values, as far as these are well-formed. */
export function brokenProducerRules(values: Written, isOn: boolean): Problem[] {
  return [
    ...(isOn ? missingWorkflows(values) : []),
    ...tooManyTenants(values),
    ...idleMount(values),
  ];
}

function missingWorkflows({ producerWorkflowsUrl }: Written): Problem[] {
  if (producerWorkflowsUrl !== undefined && producerWorkflowsUrl !== "") return [];
  const rule = "must be the base URL of the workflows service whose events are bridged";
  return [{ path: "producerWorkflowsUrl", found: producerWorkflowsUrl, rule }];
}

/** One of the bindings is for listing. */
function tooManyTenants({ producerTenants }: Written): Problem[] {
  const prefixes = v.safeParse(KEYS.producerTenants.schema, producerTenants);
  if (!prefixes.success) return [];
  const needed = tenantConditions(LONGEST_BUCKET, prefixes.output).length + 1;
  if (needed <= MAX_CONDITIONAL_BINDINGS) return [];
  const rule = `must fit in ${MAX_CONDITIONAL_BINDINGS} conditions of 13 prefixes and 2,048 characters, which is what Google allows; name common beginnings, or none`;
  const found = `${prefixes.output.length} prefixes`;
  return [{ path: "producerTenants", found, rule, remove: "producerTenants" }];
}

function idleMount({ producerMount, producerMountOnlyDir }: Written): Problem[] {
  if (producerMount === true || producerMount === "true") return [];
  if (producerMountOnlyDir === undefined || producerMountOnlyDir === "") return [];
  const rule = "must be empty where producerMount is not true";
  const path = "producerMountOnlyDir";
  return [{ path, found: producerMountOnlyDir, rule, remove: path }];
}
