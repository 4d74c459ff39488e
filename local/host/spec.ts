/** What starts an instance: Functions Framework, which loads a function, or the service's own command in its folder. */
export type Start = { readonly entryPoint: string } | { readonly command: readonly string[] };

/** Whether a function declared the service. */
export function isFunction({ start }: Pick<ServiceSpec, "start">): boolean {
  return "entryPoint" in start;
}

/** A bucket as a folder of an instance. */
export interface Mount {
  readonly bucket: string;
  /** `/mnt/work`, without a slash at the end. */
  readonly path: string;
  readonly readOnly: boolean;
  /** Of the bucket only what is below this: `tenants/a`, without slashes around it. Empty: all of it. */
  readonly onlyDir: string;
  /** Whether `a/b.txt` alone makes a folder `a`, without an object `a/`. */
  readonly implicitDirs: boolean;
}

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
  readonly start: Start;
  readonly env: Readonly<Record<string, string>>;
  /** Variable → the version of a secret that it holds: `projects/P/secrets/S/versions/latest`. */
  readonly secretEnv: Readonly<Record<string, string>>;
  /** Default: none. */
  readonly mounts?: readonly Mount[];
  readonly labels: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Requests that one instance works on at once. */
  readonly concurrency: number;
  readonly maxInstances: number;
  /** Whether requests of one client go to one instance where they can. Default: no. */
  readonly sessionAffinity?: boolean;
  readonly memory: string;
  readonly cpu: string;
}
