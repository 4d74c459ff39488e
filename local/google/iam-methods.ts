/** The IAM methods of an API that is described by protos (google/iam/v1/iam_policy.proto). */
import type { Call, Method } from "./api.ts";
import {
  needToRead,
  notSettable,
  permissionsHeld,
  policyView,
  type Governed,
} from "./iam-policy.ts";

interface OfResource {
  readonly resource?: string | null;
}

interface GetRequest extends OfResource {
  readonly options?: { readonly requestedPolicyVersion?: number };
}

interface TestRequest extends OfResource {
  readonly permissions?: readonly string[];
}

interface Policies<State> {
  /** What a request names. Throws an `ApiError` for a malformed name. */
  readonly governed: (name: string | null | undefined) => Governed;
  /** Throws NOT_FOUND where there is no such thing. */
  readonly existing: (resource: string, call: Call<State>) => unknown;
}

/** `GetIamPolicy`, `SetIamPolicy` and `TestIamPermissions`. */
export function iamMethods<State>({
  governed,
  existing,
}: Policies<State>): Readonly<Record<string, Method<State>>> {
  const get: Method<State, GetRequest> = {
    needs: ({ resource }) => [needToRead(governed(resource))],
    operation: ({ resource, options }, call) => {
      const named = governed(resource);
      existing(named.on.resource, call);
      return policyView(named, options?.requestedPolicyVersion, call.cloud);
    },
  };
  const set: Method<State, OfResource> = {
    needs: () => [],
    operation: ({ resource }) => {
      throw notSettable(governed(resource));
    },
  };
  // "If the resource does not exist, this will return an empty set of permissions, not a NOT_FOUND error."
  const test: Method<State, TestRequest> = {
    needs: () => [],
    operation: ({ resource, permissions = [] }, call) => ({
      permissions: permissionsHeld(governed(resource), permissions, call),
    }),
  };
  return { GetIamPolicy: get, SetIamPolicy: set, TestIamPermissions: test };
}
