/** Which files OpenTofu reads, by their names without a folder: who plans and who says what is planned must agree. Pure. */

/**
 * What OpenTofu reads as configuration (internal/configs/parser_config_dir.go, fileExt and IsIgnoredFile). `x.tf` counts
 * beside `x.tofu` too, which hides it from OpenTofu since 1.8 only, and never from Terraform.
 */
export function isConfiguration(name: string): boolean {
  return /\.(?:tf|tofu)(?:\.json)?$/.test(name) && !isIgnored(name);
}

/** Hidden files, and what editors leave beside a file: whatever they hold is no configuration. */
export function isIgnored(name: string): boolean {
  return /^\.|~$|^#.*#$/s.test(name);
}

/**
 * Variable files that OpenTofu reads by itself, hidden ones among them (internal/command/meta_vars.go, addVarsFromDir;
 * opentofu.org/docs/language/values/variables).
 */
export function isVariableFile(name: string): boolean {
  return /^terraform\.tfvars(?:\.json)?$|\.auto\.tfvars(?:\.json)?$/.test(name);
}
