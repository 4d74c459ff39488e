/** Resource names, members and roles as people read them. */
import { customRole, ownAccount } from "./iam/kinds.ts";
import { kindOf } from "./kind.ts";
import { KINDS } from "./services.ts";

/** `enqueuer-api` where it is an account of the resource's own project. */
export function shortMember(member: string, resource: string): string {
  return (
    ownAccount(member, resource) ??
    member.replace(/^serviceAccount:/, "").replace(/\.iam\.gserviceaccount\.com$/, "")
  );
}

/** `run.invoker`, `queueWatcher (custom)` */
export function shortRole(role: string): string {
  const custom = customRole.parse(role)?.role;
  return custom === undefined ? role.replace(/^roles\//, "") : `${custom} (custom)`;
}

/** `queue queue-brain` */
export function shortResource(resource: string): string {
  const [id = "", collection = ""] = resource.split("/").reverse();
  return `${kindOf(resource, KINDS)?.noun ?? collection} ${id.replace(/@.*$/, "")}`;
}
