import { planId } from "../messages/plan-names.ts";
import type { PlanRequest } from "../messages/plan-request.ts";
import type { RepositoryConfig } from "./config.ts";
import type { Situation } from "./attempt.ts";
import type { Target, Targets } from "./targets.ts";

/** The request of one plan (plan-runner document, Message schema). It holds no token: who plans makes its own. */
export function requestOf(
  { dir, workspace, varFiles }: Target,
  { targets, isWhole }: Targets,
  { ask, delivery, pullRequest, ports }: Situation,
  { allow, max_destroys, max_failed_checks, protected: addresses }: RepositoryConfig,
): PlanRequest {
  const { repo, installationId, cause } = ask;
  const {
    number,
    headSha: head_sha,
    headRef: head_ref,
    baseRef: base_ref,
    updatedAt,
  } = pullRequest;
  return {
    request_id: delivery,
    repo,
    pull_request: {
      number,
      head_sha,
      head_ref,
      base_ref,
      ...(updatedAt !== undefined && { updated_at: updatedAt.toISOString() }),
    },
    installation: installationId === undefined ? {} : { id: installationId },
    work: {
      dir,
      plan_id: planId({ number, head_sha }, { dir, workspace }),
      workspace,
      var_files: [...varFiles],
      fork_allowed: cause.kind === "label",
      settings: {
        allow,
        protected: addresses,
        ...(max_destroys !== undefined && { max_destroys }),
        ...(max_failed_checks !== undefined && { max_failed_checks }),
      },
      ...(isWhole && { plans: targets.map(({ dir, workspace }) => ({ dir, workspace })) }),
    },
    github_api_base_url: ports.apiBaseUrl,
  };
}

/**
 * The request as it is to be published, which depends on what became of the head's earlier plan; undefined where that one
 * answers it. A head can come back: by a push of an older commit, by opening what was closed.
 */
export async function standingOf(
  request: PlanRequest,
  { ask, delivery, pullRequest, ports }: Situation,
): Promise<PlanRequest | undefined> {
  const { kind } = ask.cause;
  if (kind === "pushed" || kind === "reopened" || kind === "ready") {
    const earlier = await ports.finished(request);
    if (earlier === undefined) return request;
    // The very event that this is a repetition of, or a pull request whose comment is still there.
    const isAnswered =
      earlier.finishedAt.getTime() >= (pullRequest.updatedAt?.getTime() ?? Infinity);
    if (isAnswered || (kind === "reopened" && earlier.isCommented)) return undefined;
  }
  const again = { ...request, work: { ...request.work, rerun: delivery } };
  return (await ports.finished(again)) === undefined ? again : undefined;
}

/**
 * The request for after its check was queued. Where its plan ended just before that, nobody would take the check on from
 * there: it is asked for anew.
 */
export async function afterQueued(
  request: PlanRequest,
  { delivery, ports }: Situation,
): Promise<PlanRequest> {
  if ((await ports.finished(request)) === undefined) return request;
  const rerun = request.work.rerun === undefined ? delivery : `${request.work.rerun}-again`;
  return { ...request, work: { ...request.work, rerun } };
}
