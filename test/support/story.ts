import { expect } from "chai";
import type { TestPlatform } from "./platform.ts";

/** A system test that can be run again on a platform in use; `test:access` does so with a binding taken away. */
export interface Story {
  readonly title: string;
  readonly run: (platform: TestPlatform) => Promise<void>;
}

/** Where the dev stack's regional resources are. */
export const LOCATION = "projects/switchyard-dev/locations/us-central1";

/** As documents tell people to look up a service's URL. */
export function lookUp(service: string): Story {
  return {
    title: `lets an operator look up the URL of ${service}`,
    run: async (p) => {
      const url = `https://run.googleapis.com/v2/${LOCATION}/services/${service}`;
      const { status, body } = await p.as("developer", url);
      expect({ status, uri: (body as { uri: string }).uri }).to.deep.equal({
        status: 200,
        uri: `https://${service}-223080314602.us-central1.run.app`,
      });
    },
  };
}
