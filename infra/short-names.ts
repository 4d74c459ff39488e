/** Resource names, members and roles as people read them. */
import { ownAccount } from "./naming.ts";

/** What people call the collections of resource names. */
const NOUNS: Readonly<Record<string, string>> = {
  buckets: "bucket",
  projects: "project",
  queues: "queue",
  repositories: "repository",
  secrets: "secret",
  serviceAccounts: "account",
  services: "service",
  subscriptions: "subscription",
  topics: "topic",
};

/** `enqueuer-api` where it is an account of the resource's own project. */
export function shortMember(member: string, resource: string): string {
  return (
    ownAccount(member, resource) ??
    member.replace(/^serviceAccount:/, "").replace(/\.iam\.gserviceaccount\.com$/, "")
  );
}

/** `run.invoker` */
export function shortRole(role: string): string {
  return role.replace(/^roles\//, "");
}

/** `queue queue-brain` */
export function shortResource(resource: string): string {
  const [id = "", kinds = ""] = resource.split("/").reverse();
  return `${NOUNS[kinds] ?? kinds} ${id.replace(/@.*$/, "")}`;
}
