/** What plan-executor plans with, and where it lies in the tools bucket. Pure. */

/** Of Cloud Run's machines. */
export const TOFU_PLATFORM = "linux_amd64";

/** A provider that the stack mirrors. */
export interface MirroredProvider {
  /** `hashicorp/google`, or with a registry's host before it. */
  readonly source: string;
  /** `7.9.0` */
  readonly version: string;
}

const DEFAULT_REGISTRY = "registry.opentofu.org";

/** The bucket of the release archive and of the providers. */
export function toolsBucket({ project }: { readonly project: string }): string {
  return `${project}-plan-tools`;
}

/** The object of an OpenTofu release. */
export function tofuObject(version: string): string {
  return `tofu/tofu_${version}_${TOFU_PLATFORM}.tar.gz`;
}

/** The object of a provider, in the packed layout of a mirror (opentofu.org/docs/cli/config/config-file, filesystem_mirror). */
export function providerObject({ source, version }: MirroredProvider): string {
  // Registries do not tell case apart, and a mirror is laid out in lower case.
  const parts = source.toLowerCase().split("/");
  const [type, namespace, host = DEFAULT_REGISTRY] = parts.toReversed();
  const archive = `terraform-provider-${type ?? ""}_${version}_${TOFU_PLATFORM}.zip`;
  return `providers/${host}/${namespace ?? ""}/${type ?? ""}/${archive}`;
}
