/** What OpenTofu draws around a message. */
const FRAME = /^[\u2500-\u257f]+ ?/gm;

/** A message without the frame, and without the empty lines around it. */
export function unframed(errors: string): string {
  return errors
    .replace(FRAME, "")
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/**
 * What a message says → what to do about it. The first that fits counts. Messages are those of OpenTofu 1.12 (internal/ of
 * its repository) and of its forerunners, and of the providers that most repositories have.
 */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /No configuration files/i,
    "Nothing in this directory is configuration: see directories in .plan-runner.yaml.",
  ],
  [
    /No value for required variable|input variable "[^"]*" is not set/i,
    "Give the variable a default, a value in terraform.tfvars or *.auto.tfvars, name a file in var_files of .plan-runner.yaml, or set TF_VAR_<name> in planEnvironment of the stack.",
  ],
  [
    /workspace "[^"]*" (?:doesn't|does not) exist|currently selected workspace .* does not exist/i,
    "Create the workspace once (tofu workspace new), or correct workspaces in .plan-runner.yaml.",
  ],
  [
    /could not find default credentials|No credentials loaded|No valid credential sources|No valid azure auth methods|failed to get existing workspaces|endpoint (?:requires|invalid) auth|Required token could not be found|Error 40[13]|AccessDenied|does not have storage\.|PERMISSION_DENIED/i,
    "Plans run as the service account plan-executor: grant it what the backend and the providers read (planExecutorRoles of the stack).",
  ],
  [
    /Backend initialization required|Backend configuration changed|Initialization required|required field is not set|The "\w+" attribute value must not be empty|Missing region value|Invalid workspaces configuration/i,
    "The backend is not complete; what tofu init is told by -backend-config on your machine must be in the configuration here.",
  ],
  [
    /(?:does not|doesn't) match any of the checksums|checksums? .*(?:lock file|previously recorded)/is,
    "The lock file knows this provider for other platforms only: run tofu providers lock -platform=linux_amd64 and commit .terraform.lock.hcl.",
  ],
  [
    /provider .* was not found in any of the search locations/is,
    "This stack plans with mirrored providers only (planProvidersStrict): add the provider and its version to planProviders, and run npm run tools:upload.",
  ],
  [
    /Incompatible module|Unsupported (?:OpenTofu|Terraform) Core version|required_version/i,
    "Plans run with the version in tofuVersion of the stack; the configuration must allow it.",
  ],
  [
    /no available releases match|Could not find (?:a|compatible) version|no (?:available )?versions? .*match|does not match configured version constraint/i,
    "No release satisfies the version constraint and the lock file (with planProvidersStrict: none in planProviders); correct it, or run tofu init -upgrade and commit .terraform.lock.hcl.",
  ],
  [
    /executable file not found|git must be available|"git": not found/i,
    "A module source needs a program that is not there where plans run; use a registry, a path in the repository or an https:// archive.",
  ],
  [
    /too many levels of symbolic links/i,
    "A link of the commit leads out of the repository, or round in circles; it is followed where it leads to a place in the repository.",
  ],
  [
    /could not connect to registry|Failed to (?:query|resolve) (?:available )?provider packages|Failed to request discovery document|registry service is unreachable|Could not download module|Error accessing remote module registry/i,
    "The registry, or whoever else has it, did not answer, or does not have it. Plan again later, or mirror the provider (planProviders of the stack).",
  ],
  [
    /Plugin did not respond|plugin crashed|signal: killed|failed to instantiate provider/i,
    "A provider crashed, did not start or was killed, most often for want of memory: raise planMemory of the stack.",
  ],
];

/** What to do about a failure of OpenTofu, where that is known. */
export function hintFor(errors: string): string | undefined {
  const flat = errors.replace(/\s+/g, " ");
  return HINTS.find(([pattern]) => pattern.test(flat))?.[1];
}
