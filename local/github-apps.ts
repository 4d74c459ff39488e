/** GitHub as it stands in for the one that the plan's GitHub Apps are registered with. */
import { createPublicKey } from "node:crypto";
import { createGitHub, type GitHub } from "./github/index.ts";
import type { GitHubOptions } from "./github/options.ts";
import type { GitHubApp, Plan } from "./plan.ts";

type StandInOptions = Required<Pick<GitHubOptions, "deliver" | "log" | "commentLimit">>;

/** A GitHub that knows each App by its id, its key and its webhook secret. */
export function standInGitHub(plan: Plan, options: StandInOptions): GitHub {
  return createGitHub({ ...options, apps: registrations(plan) });
}

/** Tells the stand-in what a plan's Apps are now. Throws where they are other ones. */
export function applyApps(github: GitHub, before: Plan, next: Plan): void {
  const ids = ({ githubApps }: Plan): string => githubApps.map(({ id }) => id).join();
  if (ids(before) !== ids(next)) {
    throw new Error("The GitHub App is another one now; start the local cloud again.");
  }
  for (const app of registrations(next)) github.registerAgain(app);
}

function registrations(plan: Plan) {
  return plan.githubApps.map((app) => ({
    id: Number(app.id),
    slug: slugOf(app),
    publicKeyPem: publicKeyOf(valueOf(app.keySecret, plan)),
    webhookSecret: valueOf(app.webhookSecret, plan),
    webhookUrl: app.webhookUrl,
    permissions: app.permissions,
    events: app.events,
  }));
}

/** The name that GitHub shows of the App, `plan-app-123456`; its comments are by `plan-app-123456[bot]`. */
export function slugOf({ id, webhookUrl }: GitHubApp): string {
  const [service = ""] = new URL(webhookUrl).host.split(".");
  return `${service.replace(/-\d+$/, "")}-${id}`;
}

function publicKeyOf(privateKey: string): string {
  return createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString();
}

/** @param name `projects/P/secrets/S` */
function valueOf(name: string, plan: Plan): string {
  const value = plan.secrets.find((secret) => secret.name === name)?.value;
  if (value === undefined) throw new Error(`${name} has no value in the plan.`);
  return value.reveal();
}
