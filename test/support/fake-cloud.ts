/** A cloud for one simulator: the clock is moved by hand, IAM says yes unless told otherwise, targets are functions. */
import { ManualClock } from "../../local/clock.ts";
import { ApiError } from "../../local/errors.ts";
import type { LocalRequest, LocalResponse } from "../../local/http/message.ts";
import type { AccessRequest, Boundary, Binding, Principal } from "../../local/iam/types.ts";
import type { LogEntry } from "../../local/log.ts";
import { GRANTABLE } from "../../local/google/grantable.ts";
import { boundaryProblems } from "../../local/iam/boundary.ts";
import type { Cloud, Identity, ProtoSimulator } from "../../local/google/api.ts";
import { createAccessTokens } from "../../local/identity/access-token.ts";
import { AccountKeys } from "../../local/identity/account-keys.ts";

export class FakeCloud implements Cloud {
  readonly projectId = "switchyard-dev";
  readonly projectNumber = "223080314602";
  readonly clock = new ManualClock();
  readonly accounts = new Set<string>();
  /** Permissions that IAM refuses. */
  readonly refused = new Set<string>();
  /** What is granted, for those who read policies; nothing is decided by it. */
  readonly bindings: Binding[] = [];
  /** Everything IAM was asked. */
  readonly questions: AccessRequest[] = [];
  readonly lines: LogEntry[] = [];
  /** Everything that was sent. */
  readonly requests: LocalRequest[] = [];
  /** What the target says. Default: 200. */
  answer: (request: LocalRequest) => LocalResponse | Promise<LocalResponse> = () => response(200);

  log = (entry: LogEntry): void => void this.lines.push(entry);

  authorize = (question: AccessRequest): void => {
    this.questions.push(question);
    if (!this.refused.has(question.permission)) return;
    throw new ApiError(
      "PERMISSION_DENIED",
      `${question.principal} lacks ${question.permission} on ${question.resource}`,
    );
  };

  isAllowed = ({ permission }: AccessRequest): boolean => !this.refused.has(permission);

  bindingsOn = (resource: string): readonly Binding[] =>
    this.bindings.filter((binding) => binding.resource === resource);

  send = async (request: LocalRequest): Promise<LocalResponse> => {
    this.requests.push(request);
    return this.answer(request);
  };

  boundaryProblems = (boundary: Boundary): readonly string[] =>
    boundaryProblems(boundary, GRANTABLE.roles);

  readonly identity: Identity = {
    ...createAccessTokens(() => this.clock.now()),
    idToken: ({ email, audience }) => Promise.resolve(`token of ${email} for ${audience}`),
    accountKeys: new AccountKeys(),
  };

  hasServiceAccount = (email: string): boolean => this.accounts.has(email);

  services = (): readonly never[] => [];
}

/** An answer without a body. */
export function response(status: number, headers: LocalResponse["headers"] = []): LocalResponse {
  return { status, headers, body: Buffer.alloc(0) };
}

/** Calls a method as the gateway does: resource, then IAM, then the operation. */
export async function callMethod<State, Response>(
  { methods, state }: ProtoSimulator<State>,
  cloud: Cloud,
  name: string,
  request: object,
  principal: Principal = "user:developer@example.com",
): Promise<Response> {
  const method = methods[name];
  if (method === undefined) throw new ApiError("UNIMPLEMENTED", name);
  for (const need of method.needs(request as never)) cloud.authorize({ principal, ...need });
  const call = { caller: { principal }, state, cloud };
  return (await method.operation(request as never, call)) as Response;
}

/** The ApiError that a call ends in. */
export async function refusalOf(call: Promise<unknown>): Promise<ApiError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("the call was not refused");
}
