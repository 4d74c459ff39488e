/** `npm run plan-app:manifest`: what the plan runner's GitHub App is, and how to register it. */
import { readArguments } from "../../commands/arguments.ts";
import { requireSystem, runCommand, stackConfig } from "../../commands/command.ts";
import { planApp } from "./app.ts";
import { SYSTEM } from "./access.ts";
import { FUNCTIONS } from "./names.ts";
import type { PlanRunnerConfig } from "./config.ts";

const USAGE = `Usage: npm run --silent plan-app:manifest -- [--stack NAME] [--organization NAME]

Prints the manifest of the GitHub App that plan-runner acts as: its webhook, its permissions, its events. Afterwards
says how to register it, and where to put what GitHub hands out.

  --stack NAME          the stack whose Pulumi.NAME.yaml is read (default: dev)
  --organization NAME   the organization that is to own the App (default: your own account)
  --help                this text`;

/** A GitHub App's manifest. Source: docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest. */
interface Manifest {
  readonly name: string;
  /** Its homepage. */
  readonly url: string;
  readonly hook_attributes: { readonly url: string; readonly active: boolean };
  /** Whether accounts other than the owner may install it. */
  readonly public: boolean;
  readonly default_permissions: Readonly<Record<string, "read" | "write">>;
  readonly default_events: readonly string[];
}

/** The manifest of a stack's App. Pure. */
export function manifestOf(config: PlanRunnerConfig): Manifest {
  const { webhookUrl, permissions, events } = planApp(config);
  return {
    // Unique on all of GitHub; the form lets a person change it.
    name: `${FUNCTIONS.runner} ${config.project}`,
    url: new URL(webhookUrl).origin,
    hook_attributes: { url: webhookUrl, active: true },
    public: false,
    default_permissions: permissions,
    default_events: events,
  };
}

/**
 * The page on which a person registers the App, filled in. A link instead of the manifest's own flow, which needs a server
 * that GitHub sends the person back to. Source: docs.github.com/apps/sharing-github-apps/registering-a-github-app-using-url-parameters.
 */
export function registrationUrl(config: PlanRunnerConfig, organization?: string): string {
  const { name, url, hook_attributes, default_permissions, default_events } = manifestOf(config);
  const owner = organization === undefined ? "" : `/organizations/${organization}`;
  const page = new URL(`${websiteOf(config.githubApiBaseUrl)}${owner}/settings/apps/new`);
  const fields = [
    ["name", name],
    ["url", url],
    ["public", "false"],
    ["webhook_active", "true"],
    ["webhook_url", hook_attributes.url],
    ...Object.entries(default_permissions),
    ...default_events.map((event) => ["events[]", event]),
  ];
  for (const [key = "", value = ""] of fields) page.searchParams.append(key, value);
  return page.href;
}

/** `https://api.github.com` is of github.com, `https://api.OWN.ghe.com` of OWN.ghe.com, `https://HOST/api/v3` of HOST. */
function websiteOf(apiBaseUrl: string): string {
  const { origin, pathname } = new URL(apiBaseUrl);
  return pathname === "/" ? origin.replace("://api.", "://") : origin;
}

/** What a person does with it. Pure. */
export function steps(config: PlanRunnerConfig, stack: string, organization?: string): string {
  const set = `npm run pulumi -- config set --stack ${stack}`;
  return `To register it:
  1. Make up a webhook secret, and keep it for the next two steps:
       openssl rand -hex 32
  2. Open this page, paste the webhook secret into the form, and create the App:
       ${registrationUrl(config, organization)}
  3. On the App's page, note its App ID and generate a private key, which is downloaded. Then:
       ${set} githubAppId APP_ID
       ${set} --secret githubWebhookSecret
       ${set} --secret githubAppPrivateKey < app.private-key.pem
  4. Deploy, and bring OpenTofu there:
       npm run pulumi -- up --stack ${stack}
       npm run tools:upload -- --stack ${stack}
  5. Install the App on the repositories it is to plan.

An App that exists already needs the webhook URL, the permissions and the events above.`;
}

function main(args: readonly string[]): void {
  const { values } = readArguments(args, {
    options: {
      stack: { type: "string", default: "dev" },
      organization: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  // Before there is an App: neither its id nor its secrets are looked at here.
  const config = stackConfig(values.stack, { githubAppId: "1" });
  requireSystem(config, SYSTEM, values.stack);
  console.log(JSON.stringify(manifestOf(config), undefined, 2));
  console.error(`\n${steps(config, values.stack, values.organization)}`);
}

if (import.meta.main) runCommand(main);
