/** What there is to know about a Cloud Run service of the plan; a gen2 function is one too. */

export interface DeclaredService {
  readonly name: string;
  readonly region: string;
  /** The service's origin, `https://<name>-<project number>.<region>.run.app`. */
  readonly url: string;
  /** Email of the account it runs as. */
  readonly serviceAccount: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Requests that one instance takes at a time. */
  readonly concurrency: number;
  readonly timeoutSeconds: number;
  /** `512Mi` */
  readonly memory: string;
  /** `1` */
  readonly cpu: string;
  /** Plain environment, which whoever may view the service may read, as in the cloud. Never a secret's value. */
  readonly env: Readonly<Record<string, string>>;
}
