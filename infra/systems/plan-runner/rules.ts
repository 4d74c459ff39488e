/** The rules between the values of the plan runner's config, and between them and the rest of it. */
import * as v from "valibot";
import { mebibytesOf } from "../../components/node-variables.ts";
import type { Problem } from "../../config/errors.ts";
import type { Written } from "../../config/part.ts";
import { KEYS } from "./keys.ts";
import { MAX_ENVIRONMENT_BYTES } from "../../google/run/kinds.ts";

/** All that is wrong between values, as far as these are well-formed. */
export function brokenPlanRules(values: Written, isOn: boolean): Problem[] {
  return [
    ...(isOn ? missingApp(values) : []),
    ...unfittingMachine(values),
    ...takenVariables(values),
    ...tooManyVariables(values),
    ...repeatedProviders(values),
  ];
}

function missingApp({ githubAppId }: Written): Problem[] {
  if (githubAppId !== undefined && githubAppId !== "") return [];
  const rule =
    "must be the GitHub App's id, which plan-runner needs; npm run plan-app:manifest helps to register one";
  return [{ path: "githubAppId", found: githubAppId, rule }];
}

const MIB_PER_GIB = 1024;
const LEAST_MEMORY_MIB = 512;
const MOST_MEMORY_GIB = 32;
/** More memory than so many GiB needs so many CPUs. Source: cloud.google.com/run/docs/configuring/services/memory-limits. */
const LEAST_CPU: readonly (readonly [aboveGib: number, cpu: number])[] = [
  [24, 8],
  [16, 6],
  [8, 4],
  [4, 2],
];
/** So many CPUs need so many GiB. Source: cloud.google.com/run/docs/configuring/services/cpu. */
const LEAST_MEMORY_GIB: Readonly<Record<number, number>> = { 4: 2, 6: 4, 8: 4 };

/** What Cloud Run gives to one instance goes together. */
function unfittingMachine({ planMemory, planCpu }: Written): Problem[] {
  const memory = v.safeParse(KEYS.planMemory.schema, planMemory);
  if (!memory.success) return [];
  const mib = mebibytesOf(memory.output);
  if (mib < LEAST_MEMORY_MIB || mib > MOST_MEMORY_GIB * MIB_PER_GIB) {
    const rule = `must be between ${LEAST_MEMORY_MIB}Mi and ${MOST_MEMORY_GIB}Gi`;
    return [{ path: "planMemory", found: planMemory, rule }];
  }
  const cpu = v.safeParse(KEYS.planCpu.schema, planCpu);
  if (!cpu.success) return [];
  const [, leastCpu = 1] = LEAST_CPU.find(([aboveGib]) => mib > aboveGib * MIB_PER_GIB) ?? [];
  if (cpu.output < leastCpu) {
    const rule = `must be at least ${leastCpu} for a planMemory of ${memory.output}`;
    return [{ path: "planCpu", found: planCpu, rule, value: leastCpu }];
  }
  const leastGib = LEAST_MEMORY_GIB[cpu.output] ?? 0;
  if (mib >= leastGib * MIB_PER_GIB) return [];
  const rule = `must be at least ${leastGib}Gi for a planCpu of ${cpu.output}`;
  return [{ path: "planMemory", found: planMemory, rule, value: `${leastGib}Gi` }];
}

/** What the executor sets itself, and what would change OpenTofu's arguments or fill its output. */
const TAKEN_VARIABLE =
  /^(PATH|HOME|TMPDIR|CHECKPOINT_DISABLE|TF_(DATA_DIR|CLI_CONFIG_FILE|CLI_ARGS\w*|IN_AUTOMATION|INPUT|WORKSPACE|PLUGIN_CACHE\w*|LOG\w*))$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

function takenVariables({ planEnvironment }: Written): Problem[] {
  return Object.entries(knownEnvironment(planEnvironment)).flatMap(([name, found]) => {
    const rule = !VARIABLE.test(name)
      ? "must have the name of an environment variable: letters, digits and underscores"
      : TAKEN_VARIABLE.test(name)
        ? "must not be set, since the executor sets it itself"
        : undefined;
    if (rule === undefined) return [];
    const path = `planEnvironment.${name}`;
    return [{ path, found, rule, remove: path }];
  });
}

/** What the executor's other variables and all names need at most. */
const OTHER_VARIABLES_BYTES = 2048;

function tooManyVariables({
  planEnvironment,
  planProviders,
  planAllowedProviders,
  planAllowedPlaces,
}: Written): Problem[] {
  const lists = [planEnvironment, planProviders, planAllowedProviders, planAllowedPlaces];
  const bytes = Buffer.byteLength(JSON.stringify(lists));
  const most = MAX_ENVIRONMENT_BYTES - OTHER_VARIABLES_BYTES;
  if (bytes <= most) return [];
  const rule = `must fit in ${most} bytes together with planProviders, planAllowedProviders and planAllowedPlaces, since Google allows a function 32 KiB of variables`;
  const found = `${bytes} bytes`;
  const path = "planEnvironment";
  return [{ path, found, rule, remove: path }];
}

function repeatedProviders({ planProviders }: Written): Problem[] {
  const known = v.safeParse(KEYS.planProviders.schema, planProviders);
  if (!known.success) return [];
  const sources = known.output.map(({ source }) => source.toLowerCase());
  return known.output.flatMap(({ source, version }, index) => {
    if (sources.indexOf(source.toLowerCase()) === index) return [];
    const path = `planProviders[${index}]`;
    const rule = "must be a provider that the list names once, with one version";
    return [{ path, found: `${source}@${version}`, rule, remove: path }];
  });
}

function knownEnvironment(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
