/** What the conditions of scenarioforge's rows keep from happening in the bucket of runs: both roles see one folder of it. */
import { expect } from "chai";
import type { Story } from "../../support/story.ts";
import { BUCKET, write } from "./runs.ts";

/** Beside the runs' folder. */
const NAME = "scenarioforge/other/a.txt";
const OBJECT = `https://storage.googleapis.com/storage/v1/b/${BUCKET}/o/${encodeURIComponent(NAME)}`;

export const refusals: readonly Story[] = ["scenarioforge", "scenarioforge-worker"].flatMap(
  (role): Story[] => [
    {
      title: `lets ${role} write nothing beside the runs' folder`,
      run: async (p) => {
        expect(await write(p, role, NAME, "x")).to.equal(403);
      },
    },
    {
      title: `lets ${role} read nothing beside the runs' folder`,
      run: async (p) => {
        expect((await p.as(role, OBJECT)).status).to.equal(403);
      },
    },
  ],
);
