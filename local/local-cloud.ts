/** The running local cloud, as commands, stories and tests see it. */
import type { Clock } from "./clock.ts";
import type { Declared } from "./declared/declared.ts";
import type { OpenEntryPoint } from "./entry-points/entry-ports.ts";
import type { Ports } from "./google/service.ts";
import type { Policy } from "./iam/evaluate.ts";
import type { Feed } from "./iam/feed.ts";
import type { Attachment } from "./run-folder.ts";
import type { Ready } from "./systems/ready.ts";

export interface LocalCloud {
  readonly clock: Clock;
  readonly feed: Feed;
  /** Puts an object into a bucket, as if it had been uploaded. */
  readonly putObject: Ports["putObject"];
  readonly declared: () => Declared;
  /** What IAM answers by at present. */
  readonly policy: () => Policy;
  /** Where a person reaches each entry point, as the developer. */
  readonly entryPoints: () => readonly OpenEntryPoint[];
  /** What systems tell a person at the start. */
  readonly ready: () => Ready;
  /** Begins what a person is to find, of which nothing waits for the end. */
  readonly begin: () => void;
  /** The outside world of a system in the hands of its own story and tests; undefined where it has none. */
  readonly people: (system: string) => unknown;
  /** Resolves when nothing is under way that the outside world began. */
  readonly idle: () => Promise<void>;
  /** What `npm run within` reads. */
  readonly attachment: () => Attachment;
  /** Takes what is declared now into use: what did not change goes on undisturbed. */
  readonly apply: (declared: Declared) => Promise<void>;
  /** Ends all instances of a service as a lack of memory would, without a word. */
  readonly kill: (service: string) => Promise<void>;
  /** Ends all processes, ports and files. */
  readonly stop: () => Promise<void>;
}
