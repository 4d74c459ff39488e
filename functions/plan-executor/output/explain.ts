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

/** What a message says → what to do about it. The first that fits counts. */
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
    /workspace "[^"]*" doesn't exist|currently selected workspace .* does not exist/i,
    "Create the workspace once (tofu workspace new), or correct workspaces in .plan-runner.yaml.",
  ],
  [
    /could not find default credentials|No valid credential sources|failed to get existing workspaces|Error 40[13]|AccessDenied|does not have storage\.|PERMISSION_DENIED/i,
    "Plans run as the service account plan-executor: grant it what the backend and the providers read (planExecutorRoles of the stack).",
  ],
  [
    /(?:does not match any of the checksums|checksums? .*(?:lock file|previously recorded))/is,
    "The lock file knows this provider for other platforms only: run tofu providers lock -platform=linux_amd64 and commit .terraform.lock.hcl.",
  ],
  [
    /provider .* was not found in any of the search locations/is,
    "This stack plans with mirrored providers only (planProvidersStrict): add the provider and its version to planProviders, and run npm run tools:upload.",
  ],
  [
    /Unsupported OpenTofu Core version|Unsupported Terraform Core version|required_version/i,
    "Plans run with the version in tofuVersion of the stack; required_version must allow it.",
  ],
  [
    /no available releases match|Could not find (?:a|compatible) version|no versions? .*match/i,
    "No release satisfies the version constraint; correct it, or run tofu init -upgrade and commit .terraform.lock.hcl.",
  ],
  [
    /could not connect to registry|Failed to (?:query|resolve) (?:available )?provider packages|Failed to request discovery document|registry service is unreachable/i,
    "The registry did not answer, or does not have it. Plan again later, or mirror the provider (planProviders of the stack).",
  ],
  [
    /executable file not found|git.*(?:not found|must be available)/i,
    "A module source needs a program that is not there where plans run; use a registry, a path in the repository or an https:// archive.",
  ],
  [
    /too many levels of symbolic links/i,
    "A link of the commit leads out of the repository, or round in circles; it is followed where it leads to a place in the repository.",
  ],
  [
    /Plugin did not respond|plugin crashed|signal: killed/i,
    "A provider crashed or was killed, most often for want of memory: raise planMemory of the stack.",
  ],
  [
    /Backend initialization required|Backend configuration changed|Initialization required/i,
    "The backend is not complete; what tofu init is told by -backend-config on your machine must be in the configuration here.",
  ],
];

/** What to do about a failure of OpenTofu, where that is known. */
export function hintFor(errors: string): string | undefined {
  const flat = errors.replace(/\s+/g, " ");
  return HINTS.find(([pattern]) => pattern.test(flat))?.[1];
}
