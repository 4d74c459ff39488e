/** The registries that a source without a host stands for: OpenTofu's own, and Terraform's for who plans with that. */
const DEFAULT_REGISTRIES = ["registry.opentofu.org", "registry.terraform.io"];
/** Of sources of one word, `google`. */
const DEFAULT_NAMESPACE = "hashicorp";
/** Part of the program itself, `terraform.io/builtin/terraform`. */
const BUILT_IN = "terraform.io/builtin/";

/** They run whatever code they are given (github.com/opentofu/terraform-provider-lua and -go). */
const INTERPRETERS = ["opentofu/go", "opentofu/lua"];

/**
 * Whether a provider's source is allowed by one of the patterns: `hashicorp/*`, `example.com/team/*`. `*` stands for any
 * one part; a pattern without a host means the default registry. Interpreters are allowed by their names alone.
 */
export function isAllowedProvider(source: string, patterns: readonly string[]): boolean {
  const address = partsOf(source);
  if (address.join("/").startsWith(BUILT_IN)) return true;
  const isInterpreter = INTERPRETERS.includes(address.slice(1).join("/"));
  return patterns.some((pattern) => {
    const wanted = partsOf(pattern);
    if (isInterpreter && wanted.includes("*")) return false;
    return wanted.every((part, at) => part === "*" || part === address[at]);
  });
}

/** `["registry.opentofu.org", "hashicorp", "google"]`; names do not tell case apart. */
function partsOf(source: string): string[] {
  const parts = source.toLowerCase().split("/");
  const [type = "", namespace = DEFAULT_NAMESPACE, host = ""] = parts.toReversed();
  const isDefault = host === "" || DEFAULT_REGISTRIES.includes(host);
  return [isDefault ? "" : host, namespace, type, ...parts.slice(3)];
}
