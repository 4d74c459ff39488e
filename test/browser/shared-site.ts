import { inEveryState } from "../support/scenarioforge/runs.ts";
import { Site } from "../support/scenarioforge/site.ts";

let site: Promise<Site> | undefined;

/** One site for all files, with a run in every state: whoever changes a run launches one of its own. */
export function sharedSite(): Promise<Site> {
  site ??= (async () => {
    const started = await Site.start();
    await inEveryState(started);
    return started;
  })();
  return site;
}

after("the shared site ends", async () => (await site)?.stop());
