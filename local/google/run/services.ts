/** A Cloud Run service of its own as a program declares it: a role from its archive, laid on Google's image for Node. */
import * as v from "valibot";
import { serviceUrl } from "../../../infra/google/run/kinds.ts";
import { local, type Declares } from "../service.ts";
import { mountsOf, Volume, VolumeMount } from "./mounts.ts";

/** Source: cloud.google.com/run/docs/configuring/request-timeout and …/about-concurrency. */
const MAX_TIMEOUT_SECONDS = 3600;
const MAX_CONCURRENCY = 1000;
/** Of the second generation. Source: cloud.google.com/run/docs/configuring/services/memory-limits. */
const MIN_MEBIBYTES = 512;

/** Cloud Run sets these itself. Source: cloud.google.com/run/docs/container-contract#services-env-vars. */
const RESERVED = new Set(["PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"]);

const Version = v.pipe(v.string(), v.regex(/^(latest|[1-9]\d*)$/, "must be latest or a number"));

const Env = v.union([
  v.strictObject({ name: v.string(), value: v.string() }),
  v.strictObject({
    name: v.string(),
    valueSource: v.strictObject({
      secretKeyRef: v.strictObject({ secret: v.string(), version: Version }),
    }),
  }),
]);

/** Cloud Run would put the variable's value in place of `$(NAME)`; here it would stay. */
const Argument = v.pipe(v.string(), v.excludes("$(", "must name no variable"));

const Container = v.strictObject({
  image: v.literal("scratch", "must be scratch: only an archive on a base image runs here"),
  baseImageUri: v.string(),
  commands: v.pipe(v.array(Argument), v.minLength(1, "must name a program")),
  args: v.optional(v.array(Argument), []),
  sourceCode: v.strictObject({
    cloudStorageSource: v.strictObject({ bucket: v.string(), object: v.string() }),
  }),
  resources: v.strictObject({
    limits: v.strictObject({
      cpu: v.string(),
      memory: v.pipe(
        v.string(),
        v.regex(/^\d+(Mi|Gi)$/, "must be like 512Mi"),
        v.check((text) => mebibytes(text) >= MIN_MEBIBYTES, `must be at least ${MIN_MEBIBYTES}Mi`),
      ),
    }),
    // A machine of one's own gives its processors at any time.
    cpuIdle: v.optional(v.boolean()),
    startupCpuBoost: v.optional(v.boolean()),
  }),
  envs: v.optional(v.array(Env), []),
  volumeMounts: v.optional(v.array(VolumeMount), []),
});

const Inputs = v.strictObject({
  name: v.string(),
  location: v.string(),
  project: v.string(),
  description: v.optional(v.string()),
  labels: v.optional(v.record(v.string(), v.string()), {}),
  // A matter of deleting the service in the cloud.
  deletionProtection: v.boolean(),
  // One machine has no other network to come in from.
  ingress: v.optional(v.literal("INGRESS_TRAFFIC_ALL")),
  template: v.strictObject({
    serviceAccount: v.string(),
    timeout: v.pipe(
      v.string(),
      v.regex(/^\d+s$/, "must be whole seconds, like 60s"),
      v.transform((text) => Number(text.slice(0, -1))),
      v.minValue(1, "must be at least 1s"),
      v.maxValue(MAX_TIMEOUT_SECONDS, `must be at most ${MAX_TIMEOUT_SECONDS}s`),
    ),
    maxInstanceRequestConcurrency: v.pipe(
      v.number(),
      v.minValue(1),
      v.maxValue(MAX_CONCURRENCY, `must be at most ${MAX_CONCURRENCY}`),
    ),
    scaling: v.strictObject({
      // Instances that wait for work are a matter of cost and of first answers; one machine starts them on request.
      minInstanceCount: v.optional(v.number()),
      maxInstanceCount: v.number(),
    }),
    sessionAffinity: v.optional(v.boolean(), false),
    executionEnvironment: v.literal("EXECUTION_ENVIRONMENT_GEN2"),
    volumes: v.optional(v.array(Volume), []),
    containers: v.strictTuple([Container]),
  }),
});

export const serviceMeaning: Declares<object> = local(
  Inputs,
  ({ name, location, project, labels, template }, _slice, { services, projectNumber }) => {
    const [container] = template.containers;
    const { envs, sourceCode, resources, commands, args } = container;
    const { bucket, object } = sourceCode.cloudStorageSource;
    const { mounts, problems } = mountsOf(template.volumes, container.volumeMounts);
    services.push({
      name,
      source: `${bucket}/${object}`,
      role: labels.role ?? name,
      region: location,
      url: serviceUrl(name, { projectNumber, region: location }),
      serviceAccount: template.serviceAccount,
      start: { command: [...commands, ...args] },
      env: Object.fromEntries(
        envs.flatMap((each) => ("value" in each ? [[each.name, each.value]] : [])),
      ),
      secretEnv: Object.fromEntries(
        envs.flatMap((each) =>
          "value" in each ? [] : [[each.name, versionOf(each.valueSource.secretKeyRef, project)]],
        ),
      ),
      mounts,
      labels,
      timeoutSeconds: template.timeout,
      concurrency: template.maxInstanceRequestConcurrency,
      maxInstances: template.scaling.maxInstanceCount,
      sessionAffinity: template.sessionAffinity,
      memory: resources.limits.memory,
      cpu: resources.limits.cpu,
    });
    return [
      ...baseImageProblems(container.baseImageUri, location),
      ...variableProblems(envs.map((each) => each.name)),
      ...problems,
    ];
  },
);

function mebibytes(memory: string): number {
  return Number.parseInt(memory) * (memory.endsWith("Gi") ? 1024 : 1);
}

/** `projects/P/secrets/S/versions/V`; a secret of the same project may be named by its id alone. */
function versionOf(
  { secret, version }: { readonly secret: string; readonly version: string },
  project: string,
): string {
  const name = secret.includes("/") ? secret : `projects/${project}/secrets/${secret}`;
  return `${name}/versions/${version}`;
}

/** The Node of the image is to be the one that runs this, and the image near its service. */
function baseImageProblems(image: string, region: string): readonly string[] {
  const [, where, version] = /^([\w-]+)-docker\.pkg\.dev\/.+\/nodejs(\d+)$/.exec(image) ?? [];
  const ours = process.versions.node.split(".")[0];
  const at = "template.containers.0.baseImageUri";
  if (version === undefined) return [`${at}: ${image} is no base image for Node`];
  return [
    ...(where === region ? [] : [`${at}: ${image} is not of ${region}`]),
    ...(version === ours ? [] : [`${at}: ${image} has another Node than this one, ${ours ?? ""}`]),
  ];
}

function variableProblems(names: readonly string[]): readonly string[] {
  return [...new Set(names)].flatMap((name) => {
    const at = `template.containers.0.envs: ${name}`;
    if (RESERVED.has(name)) return [`${at} is Cloud Run's own`];
    return names.filter((other) => other === name).length > 1 ? [`${at} is set twice`] : [];
  });
}
