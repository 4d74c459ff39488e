import type { OAuth2Client } from "google-auth-library";
import { PlanRequest } from "../../messages/plan-request.ts";
import { callerCheck } from "../../runtime/door/caller.ts";
import type { Route } from "../../runtime/door/http-handler.ts";
import { parseBody } from "../../runtime/door/json-handler.ts";
import { MAX_PUSH_BYTES, pushHandler } from "../../runtime/door/push-handler.ts";
import type { PlanRunnerEnv } from "../env.ts";
import { GiveUpRequest, giveUp } from "../give-up.ts";
import type { Ports } from "../ports.ts";
import { refuse } from "../refuse.ts";
import { runPlan } from "../run-plan.ts";

/** A message's request, without the envelope. */
const MAX_REQUEST_BYTES = 11_000_000;

type Env = Pick<PlanRunnerEnv, "AUDIENCE" | "PUSH_SA" | "DEADLETTER_SA" | "PRIVATE">;

/**
 * What the role answers: `POST /pubsub/push` for the push account, `POST /give-up` for the dead letters' reader.
 * @param client verifies signatures. Default: google-auth-library's
 */
export function routesOf(
  { AUDIENCE, PUSH_SA, DEADLETTER_SA, PRIVATE }: Env,
  ports: Ports,
  client?: () => Promise<OAuth2Client>,
): Readonly<Record<string, Route>> {
  const only = (email: string) =>
    callerCheck({
      audience: AUDIENCE,
      emails: [email],
      isPrivate: PRIVATE,
      ...(client !== undefined && { client }),
    });
  return {
    "/pubsub/push": {
      admit: only(PUSH_SA),
      maxBodyBytes: MAX_PUSH_BYTES,
      handle: (incoming) => {
        const receivedAt = ports.now();
        return pushHandler(PlanRequest, {
          handle: (request, { delivery, log, signal }) =>
            runPlan(request, { receivedAt, publishedAt: delivery.publishedAt, signal, log }, ports),
          refuse: (reason, decoded, { log }) => refuse(reason, decoded, log, ports),
        })(incoming);
      },
    },
    "/give-up": {
      admit: only(DEADLETTER_SA),
      maxBodyBytes: MAX_REQUEST_BYTES,
      handle: async ({ body, log }) => {
        const { input } = parseBody(GiveUpRequest, body);
        const answer = await giveUp(input, log, ports);
        return { status: 200, body: { ok: true, ...answer }, note: answer };
      },
    },
  };
}
