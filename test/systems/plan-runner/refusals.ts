/** What the conditions of the plan runner's rows keep from happening in the state bucket, where its roles meet. */
import { expect } from "chai";
import type { Story } from "../../support/story.ts";

const BUCKET = "switchyard-dev-plan-state";
const OBJECTS = `https://storage.googleapis.com/storage/v1/b/${BUCKET}/o`;
const UPLOADS = `https://storage.googleapis.com/upload/storage/v1/b/${BUCKET}/o?uploadType=media`;

/** A name that is nobody's. */
const named = (folder: string): string => encodeURIComponent(`${folder}/of-nobody`);

function cannotRead(account: string, folder: string): Story {
  return {
    title: `lets ${account} read nothing in ${folder}/`,
    run: async (p) => {
      const { status } = await p.as(account, `${OBJECTS}/${named(folder)}`);
      expect(status).to.equal(403);
    },
  };
}

function cannotWrite(account: string, folder: string): Story {
  return {
    title: `lets ${account} write nothing in ${folder}/`,
    run: async (p) => {
      const url = `${UPLOADS}&name=${named(folder)}`;
      const { status } = await p.as(account, url, { method: "POST", body: "{}" });
      expect(status).to.equal(403);
    },
  };
}

export const refusals: readonly Story[] = [
  cannotWrite("plan-app", "results"),
  cannotRead("plan-app", "plans"),
  cannotWrite("plan-runner", "deliveries"),
  cannotRead("plan-runner", "deliveries"),
  cannotRead("plan-deadletter", "plans"),
  cannotRead("developer", "results"),
];
