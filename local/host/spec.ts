/** A Cloud Run service that runs a role from its source archive. A gen2 function is one way to declare it. */
export interface ServiceSpec {
  /** Also the name of the function that made it, if one did: `brain`. */
  readonly name: string;
  /** The folder in functions/ it runs: `worker`. */
  readonly role: string;
  readonly region: string;
  /** `https://brain-123.us-central1.run.app`, without a slash at the end. */
  readonly url: string;
  readonly serviceAccount: string;
  /** The folder that would be uploaded. */
  readonly folder: string;
  /** The object it would be uploaded to; its name changes with the content. */
  readonly source: string;
  readonly entryPoint: string;
  readonly env: Readonly<Record<string, string>>;
  /** Variable → the version of a secret that it holds: `projects/P/secrets/S/versions/latest`. */
  readonly secretEnv: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Requests that one instance works on at once. */
  readonly concurrency: number;
  readonly maxInstances: number;
  readonly memory: string;
  readonly cpu: string;
}
