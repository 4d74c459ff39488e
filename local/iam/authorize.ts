/** The one door to IAM: asks, notes, logs, refuses. */
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { andMore, Repeats } from "../repeats.ts";
import { denialError, remedy } from "./denial.ts";
import { evaluate } from "./evaluate.ts";
import type { Policy } from "./evaluate.ts";
import { requestKey } from "./feed.ts";
import type { Feed } from "./feed.ts";
import type { AccessRequest, Authorize, Refusal } from "./types.ts";

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
    const at = clock.now();
    const verdict = evaluate(present, request, at);
    feed.note({ ...request, ...verdict, at });
    if (verdict.allowed) return;
    logDenial(request, verdict, at);
    if (mode === "enforce") {
      throw denialError(request, verdict, present.grantable.denials);
    }
  };
}

function denialLog(
  log: Log,
  mode: IamMode,
): (request: AccessRequest, refusal: Refusal, at: number) => void {
  const repeats = new Repeats();
  return (request, refusal, at) => {
    const unlogged = repeats.say(requestKey(request), at);
    if (unlogged === undefined) return;
    const { principal, permission, resource } = request;
    const { missing, unmet, beyond } = refusal;
    const what = mode === "report" ? "would be refused" : "refused";
    log({
      source: "iam",
      severity: "WARNING",
      message: `${what}: ${permission} on ${resource}${andMore(unlogged)}: ${remedy(request, refusal)}`,
      fields: {
        principal,
        permission,
        resource,
        ...(missing && { missing }),
        ...(unmet && { unmet }),
        ...(beyond && { beyond }),
        ...(unlogged > 0 && { unlogged }),
      },
    });
  };
}
