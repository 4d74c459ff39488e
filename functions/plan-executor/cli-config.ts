/** Where providers come from. */
export interface Mirror {
  /** The folder of the mirrored providers; undefined where there is none. */
  readonly folder: string | undefined;
  /** Whether nothing but the mirror may be asked. */
  readonly isStrict: boolean;
}

/**
 * OpenTofu's own configuration (opentofu.org/docs/cli/config/config-file, provider_installation). Written even where there
 * is no mirror: without it OpenTofu takes providers from `terraform.d/plugins` of the module's folder, which are then
 * programs that the author of a pull request brought along.
 */
export function cliConfig({ folder, isStrict }: Mirror): string {
  const mirror =
    folder === undefined
      ? []
      : [`  filesystem_mirror {`, `    path = ${JSON.stringify(folder)}`, `  }`];
  // A provider whose version is not in the mirror comes from its registry.
  const direct = isStrict ? [] : ["  direct {}"];
  return ["provider_installation {", ...mirror, ...direct, "}", ""].join("\n");
}
