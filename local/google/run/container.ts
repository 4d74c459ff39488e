/** What both versions of the API show of a container alike. */
import type { Mount, ServiceSpec } from "../../host/spec.ts";

/** A mount with the name of its volume, which the program's own is not kept of. */
export interface NamedMount extends Mount {
  readonly name: string;
}

export function namedMounts({ mounts = [] }: ServiceSpec): readonly NamedMount[] {
  return mounts.map((mount, index) => ({ ...mount, name: `bucket-${index + 1}` }));
}

/** Of gcsfuse, as they were declared, as far as they mean something here. */
export function mountOptions({ onlyDir, implicitDirs }: Mount): readonly string[] {
  return [
    ...(onlyDir === "" ? [] : [`only-dir=${onlyDir}`]),
    ...(implicitDirs ? [] : ["implicit-dirs=false"]),
  ];
}

/** The one container. Its image is absent: a function's is built in the cloud only, and a service has none. */
export function containerOf(spec: ServiceSpec) {
  const { start, env, cpu, memory } = spec;
  const mounts = namedMounts(spec);
  return {
    ...("command" in start && { command: start.command }),
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    resources: { limits: { cpu, memory } },
    ...(mounts.length > 0 && {
      volumeMounts: mounts.map(({ name, path }) => ({ name, mountPath: path })),
    }),
  };
}
