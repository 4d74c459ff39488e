/** What all stories of the check share. */
import type { Report } from "./report.ts";
import type { RunsBucket } from "./runs-bucket.ts";
import type { Ask } from "./service.ts";

export interface Scene {
  /** As whoever has no key. */
  readonly ask: Ask;
  readonly bucket: RunsBucket;
  readonly report: Report;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly wait: (seconds: number) => Promise<void>;
}

export interface KeyedScene extends Scene {
  readonly key: string;
  /** With the key. */
  readonly keyed: Ask;
}
