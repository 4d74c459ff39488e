/** What a deployed role has that another may not have, be it a function or a Cloud Run service of its own. */
import * as pulumi from "@pulumi/pulumi";

/** Google's own default for functions, said so that local mode sees it. Source: cloud.google.com/functions/docs/configuring/max-instances. */
export const DEFAULT_MAX_INSTANCES = 100;

export interface RoleSettings {
  readonly description: string;
  readonly env: Readonly<Record<string, string>>;
  /**
   * Variable → the secret it holds, read as `account` when an instance starts. That account's bindings on these secrets
   * belong in `dependsOn`, since Cloud Run refuses a deployment that may not read them. Default: none.
   */
  readonly secretEnv?: Readonly<Record<string, SecretVariable>>;
  /** Of one request, at most 3600. */
  readonly timeoutSeconds: number;
  /** Requests that one instance works on at once. Above 1 it needs a whole CPU. */
  readonly concurrency: number;
  /** Default: 100. */
  readonly maxInstances?: number;
  /** `512Mi` */
  readonly memory: string;
  /** `1` */
  readonly cpu: string;
}

/** A version of a secret of the role's own project. */
export interface SecretVariable {
  /** Its id, without `projects/…`. */
  readonly secret: string;
  /** `latest` is settled anew by each instance that starts. */
  readonly version: "latest" | number;
}

/** Throws where Google would refuse what is deployed. `what` names it: Function `brain`. */
export function checkSettings(what: string, { env, secretEnv, concurrency, cpu }: RoleSettings) {
  if (concurrency > 1 && Number(cpu) < 1) {
    throw new pulumi.RunError(`${what}: \`concurrency\` above 1 needs a \`cpu\` of at least 1.`);
  }
  const twice = Object.keys(secretEnv ?? {}).filter((key) => key in env);
  if (twice.length > 0) {
    throw new pulumi.RunError(
      `${what}: ${twice.join(", ")} cannot be in \`env\` and in \`secretEnv\`.`,
    );
  }
}
