import { createHash } from "node:crypto";
import * as v from "valibot";
import { PlanRequest } from "../messages/plan-request.ts";
import type { Log } from "../runtime/log.ts";
import { done } from "../runtime/outcome.ts";
import type { Outcome } from "../runtime/outcome.ts";
import { contentOfBadRequest } from "./comment/content.ts";
import { Unavailable, outcomeOf } from "./faults.ts";
import { holdLease } from "./held-lease.ts";
import type { Ports, Target } from "./ports.ts";
import { isSameGitHub } from "./request.ts";

/** The parts of a request that say where an answer to it belongs. */
const Addressed = v.object({
  repo: v.object({ full_name: PlanRequest.entries.repo.entries.full_name }),
  pull_request: v.object({ number: PlanRequest.entries.pull_request.entries.number }),
  installation: PlanRequest.entries.installation,
  github_api_base_url: v.optional(v.string()),
});

const MARKER = "<!-- switchyard:plan:refused -->";

/**
 * Tells a pull request that a message about it can never be understood, where it names an open one of a repository that the
 * App is installed on. There is one such comment per pull request, whatever is sent.
 * @param reason names the field
 */
export async function refuse(
  reason: string,
  decoded: unknown,
  log: Log,
  ports: Ports,
): Promise<Outcome> {
  const addressed = v.safeParse(Addressed, decoded);
  if (!addressed.success) return done({ result: "refused" });
  const { repo, pull_request, installation, github_api_base_url: url } = addressed.output;
  if (!isSameGitHub(url, ports.settings.baseUrl)) return done({ result: "refused" });
  const target = {
    fullName: repo.full_name,
    number: pull_request.number,
    installationId: installation.id,
  };
  try {
    await tell(target, reason, ports);
    return done({ result: "refused" });
  } catch (error) {
    return outcomeOf(error, log, { repo: repo.full_name, pr: pull_request.number });
  }
}

async function tell(target: Target, reason: string, ports: Ports): Promise<void> {
  const pull = await ports.gitHub.open(target);
  const { isOpen } = await pull.read();
  if (!isOpen) return;
  const lease = await holdLease(leaseOf(target), ports.settings.commentLeaseSeconds, ports);
  if (lease === undefined) throw new Unavailable("The comment is being written by another run.");
  try {
    const { lead, details } = contentOfBadRequest(reason);
    const body = [MARKER, lead, ...details].join("\n\n");
    const comments = await pull.comments();
    const there = comments.find(({ opening }) => opening.startsWith(MARKER));
    const edited = there === undefined ? undefined : await pull.edit(there.id, body);
    if (edited === undefined) await pull.post(body);
  } finally {
    await lease.release();
  }
}

function leaseOf({ fullName, number }: Target): string {
  const name = JSON.stringify([fullName.toLowerCase(), number]);
  return `leases/refusal-${createHash("sha256").update(name).digest("hex")}`;
}
