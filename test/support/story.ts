import type { TestPlatform } from "./platform.ts";

/** A system test that can be run again on a platform in use; `test:access` does so with a binding taken away. */
export interface Story {
  readonly title: string;
  readonly run: (platform: TestPlatform) => Promise<void>;
}
