/** Volumes of a service, and where its container has them: buckets as folders. */
import * as v from "valibot";
import type { Mount } from "../../host/spec.ts";

export const Volume = v.strictObject({
  name: v.string(),
  gcs: v.strictObject({
    bucket: v.string(),
    readOnly: v.optional(v.boolean(), false),
    mountOptions: v.optional(v.array(v.string()), []),
  }),
});
type Volume = v.InferOutput<typeof Volume>;

export const VolumeMount = v.strictObject({ name: v.string(), mountPath: v.string() });
type VolumeMount = v.InferOutput<typeof VolumeMount>;

/**
 * Options of gcsfuse that nothing on one machine follows from: how long it trusts what it has seen, and whose the files
 * are, who here are always the person's. Source: cloud.google.com/run/docs/configuring/services/cloud-storage-volume-mounts,
 * "Mount options"; cloud.google.com/storage/docs/cloud-storage-fuse/cli-options.
 */
const WITHOUT_MEANING = new Set([
  "gid",
  "max-conns-per-host",
  "metadata-cache-negative-ttl-secs",
  "metadata-cache-ttl-secs",
  "stat-cache-max-size-mb",
  "type-cache-max-size-mb",
  "uid",
]);

/** Source: the same page, "Disallowed paths". */
const DISALLOWED = /^\/(dev|proc|sys)(\/|$)/;

/** The mounts of a container, and what is wrong with them. */
export function mountsOf(
  volumes: readonly Volume[],
  volumeMounts: readonly VolumeMount[],
): { readonly mounts: readonly Mount[]; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const mounts = volumeMounts.flatMap(({ name, mountPath }): Mount[] => {
    const volume = volumes.find((each) => each.name === name);
    if (volume === undefined) {
      problems.push(`template.containers.0.volumeMounts: there is no volume ${name}`);
      return [];
    }
    const { bucket, readOnly, mountOptions } = volume.gcs;
    const options = optionsOf(mountOptions);
    problems.push(...options.problems.map((problem) => `template.volumes: ${name}: ${problem}`));
    const { onlyDir, implicitDirs } = options;
    return [{ bucket, path: mountPath, readOnly, onlyDir, implicitDirs }];
  });
  for (const { name } of volumes) {
    const isMounted = volumeMounts.some((each) => each.name === name);
    if (!isMounted) problems.push(`template.volumes: ${name} is mounted nowhere`);
  }
  return { mounts, problems: [...problems, ...pathProblems(mounts)] };
}

function optionsOf(texts: readonly string[]) {
  const problems: string[] = [];
  let onlyDir = "";
  // Cloud Run mounts with it (the page above, "Disable implicit directories"); gcsfuse itself does not.
  let implicitDirs = true;
  for (const text of texts) {
    const [name = "", value] = text.split(/=(.*)/s);
    if (name === "only-dir" && value !== undefined) {
      onlyDir = value.replaceAll(/^\/+|\/+$/g, "");
      const isPath = onlyDir.split("/").every((part) => !["", ".", ".."].includes(part));
      if (!isPath) problems.push(`${text} names no folder of the bucket`);
    } else if (name === "implicit-dirs" && [undefined, "true", "false"].includes(value)) {
      implicitDirs = value !== "false";
    } else if (!WITHOUT_MEANING.has(name)) {
      problems.push(`the mount option ${text} is not honoured`);
    }
  }
  return { onlyDir, implicitDirs, problems };
}

function pathProblems(mounts: readonly Mount[]): readonly string[] {
  return mounts.flatMap(({ path }, index) => {
    const parts = path.split("/").slice(1);
    const isPath =
      path.startsWith("/") &&
      !path.includes(":") &&
      parts.every((part) => !["", ".", ".."].includes(part));
    const at = `template.containers.0.volumeMounts: ${path}`;
    if (!isPath) return [`${at} is no path of a folder, like /mnt/work`];
    if (DISALLOWED.test(path)) return [`${at} is the system's own`];
    const outer = mounts.find(
      (other, place) => place !== index && `${path}/`.startsWith(`${other.path}/`),
    );
    return outer === undefined ? [] : [`${at} is within another mount, ${outer.path}`];
  });
}
