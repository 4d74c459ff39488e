/** The stack's GitHub Apps as GitHub registers them. */
import { createPublicKey } from "node:crypto";
import type { GitHubApp, PlanRunnerOutside } from "../../../infra/systems/plan-runner/outside.ts";
import { sliceOf, type Declared } from "../../declared/declared.ts";
import { secrets } from "../../google/secrets/declared.ts";
import type { GitHubOptions } from "../../outside/github/options.ts";

/** Known by their ids, keys and webhook secrets. */
export function registrations(
  outside: PlanRunnerOutside,
  declared: Pick<Declared, "slices">,
): GitHubOptions["apps"] {
  return outside["GitHub App"].map((app) => ({
    id: Number(app.name),
    slug: slugOf(app),
    publicKeyPem: publicKeyOf(valueOf(app.keySecret, declared)),
    webhookSecret: valueOf(app.webhookSecret, declared),
    webhookUrl: app.webhookUrl,
    permissions: app.permissions,
    events: app.events,
  }));
}

/** The stack's Apps; none where it does not run the plan runner. */
export function appsOf({ outside }: Pick<Declared, "outside">): readonly GitHubApp[] {
  return (outside["plan-runner"] as PlanRunnerOutside | undefined)?.["GitHub App"] ?? [];
}

/** The name that GitHub shows of the App, `plan-app-123456`; its comments are by `plan-app-123456[bot]`. */
export function slugOf({ name, webhookUrl }: GitHubApp): string {
  const [service = ""] = new URL(webhookUrl).host.split(".");
  return `${service.replace(/-\d+$/, "")}-${name}`;
}

function publicKeyOf(privateKey: string): string {
  return createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString();
}

/** @param name `projects/P/secrets/S` */
function valueOf(name: string, declared: Pick<Declared, "slices">): string {
  const value = sliceOf(declared, secrets)["secret version"].find(
    (version) => version.name === name,
  )?.value;
  if (value === undefined) throw new Error(`${name} has no declared value.`);
  return value.reveal();
}
