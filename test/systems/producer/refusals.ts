/** What the conditions of the producer's rows keep from happening in the work bucket, which all tenants share. */
import { expect } from "chai";
import type { Story } from "../../support/story.ts";

const BUCKET = "switchyard-dev-producer-work";
const OBJECTS = `https://storage.googleapis.com/storage/v1/b/${BUCKET}/o`;
const UPLOADS = `https://storage.googleapis.com/upload/storage/v1/b/${BUCKET}/o?uploadType=media`;
/** Of a tenant that the stack does not name. */
const NAME = encodeURIComponent("user-3/project/session/a.txt");

export const refusals: readonly Story[] = [
  {
    title: "lets the producer, and so its tokens, write nothing of a tenant that is not named",
    run: async (p) => {
      const write = { method: "POST", body: "x" };
      const { status } = await p.as("producer", `${UPLOADS}&name=${NAME}`, write);
      expect(status).to.equal(403);
    },
  },
  {
    title: "lets the producer, and so its tokens, read nothing of a tenant that is not named",
    run: async (p) => {
      const { status } = await p.as("producer", `${OBJECTS}/${NAME}`);
      expect(status).to.equal(403);
    },
  },
];
