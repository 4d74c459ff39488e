/** The one door to IAM: asks, notes, logs, refuses. */
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { andMore, Repeats } from "../repeats.ts";
import { denialError, remedy } from "./denial.ts";
import { evaluate } from "./evaluate.ts";
import type { Policy } from "./evaluate.ts";
import { requestKey } from "./feed.ts";
import type { Feed } from "./feed.ts";
import type { AccessRequest, Authorize, Binding } from "./types.ts";

/** `off`: nothing is asked; `report`: refusals are noted and logged, never thrown; `enforce`: as in the cloud. */
export type IamMode = "off" | "report" | "enforce";

interface AuthorizeOptions {
  /** Asked at every request, so that the running cloud can be given another policy. */
  readonly policy: () => Policy;
  readonly mode: IamMode;
  readonly feed: Feed;
  readonly clock: Clock;
  readonly log: Log;
}

/** The `Authorize` of a local cloud. Throws `ApiError` `PERMISSION_DENIED` under `enforce`. */
export function createAuthorize(options: AuthorizeOptions): Authorize {
  const { policy, mode, feed, clock, log } = options;
  if (mode === "off") return () => undefined;
  const logDenial = denialLog(log, mode);
  return (request) => {
    const present = policy();
    const verdict = evaluate(present, request);
    const at = clock.now();
    const { principal, permission, resource } = request;
    feed.note({ principal, permission, resource, ...verdict, at });
    if (verdict.allowed) return;
    logDenial(request, verdict.missing, at);
    if (mode === "enforce") {
      throw denialError(request, verdict.missing, present.grantable.denials);
    }
  };
}

function denialLog(
  log: Log,
  mode: IamMode,
): (request: AccessRequest, missing: Binding | undefined, at: number) => void {
  const repeats = new Repeats();
  return (request, missing, at) => {
    const unlogged = repeats.say(requestKey(request), at);
    if (unlogged === undefined) return;
    const { principal, permission, resource } = request;
    const what = mode === "report" ? "would be refused" : "refused";
    log({
      source: "iam",
      severity: "WARNING",
      message: `${what}: ${permission} on ${resource}${andMore(unlogged)}: ${remedy(request, missing)}`,
      fields: {
        principal,
        permission,
        resource,
        ...(missing && { missing }),
        ...(unlogged > 0 && { unlogged }),
      },
    });
  };
}
