import { expect } from "chai";
import { EnqueuerEnv } from "../../../functions/enqueuer/env.ts";
import { readEnv } from "../../../functions/runtime/env.ts";
import { ENQUEUER_ENV } from "../../support/enqueuer-env.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const worker = { name: "brain", queue: "queue-brain", url: "https://b.run.app/p", deadline_s: 700 };

describe("EnqueuerEnv", () => {
  it("parses the workers and has a default for the body limit", () => {
    const WORKERS = JSON.stringify([worker]);
    expect(readEnv(EnqueuerEnv, { ...ENQUEUER_ENV, WORKERS })).to.deep.equal({
      PROJECT_ID: "p",
      TASKS_REGION: "us-central1",
      CALLER_SA: "tasks-dispatcher@p.iam.gserviceaccount.com",
      WORKERS: [worker],
      MAX_BODY_BYTES: 102_400,
    });
  });

  const bad: [difference: Record<string, string>, problem: string][] = [
    [{ PROJECT_ID: "" }, "- PROJECT_ID: must not be empty"],
    [{ CALLER_SA: "tasks" }, "- CALLER_SA: must be the e-mail address of a service account"],
    [{ WORKERS: "{" }, "- WORKERS: must be JSON"],
    [{ WORKERS: "{}" }, "- WORKERS: must be a JSON array"],
    [{ WORKERS: "[]" }, "- WORKERS: must list at least one worker"],
    [{ WORKERS: JSON.stringify([worker, worker]) }, "- WORKERS: must not list a name twice"],
    [
      { WORKERS: JSON.stringify([{ ...worker, url: "b" }]) },
      "- WORKERS.0.url: must be an http(s) URL",
    ],
    [
      { WORKERS: JSON.stringify([{ ...worker, queue: "projects/p" }]) },
      "- WORKERS.0.queue: must be the short id of a queue",
    ],
    [
      { WORKERS: JSON.stringify([{ ...worker, deadline_s: 5 }]) },
      "- WORKERS.0.deadline_s: must be at least 15 seconds",
    ],
    [{ MAX_BODY_BYTES: "0" }, "- MAX_BODY_BYTES: must be a whole number of bytes"],
    [{ MAX_BODY_BYTES: "1048570" }, "- MAX_BODY_BYTES: must be at most 1048569 bytes"],
  ];
  for (const [difference, problem] of bad) {
    it(`refuses ${JSON.stringify(difference).slice(0, 50)}`, async () => {
      const error = await thrownBy(() => readEnv(EnqueuerEnv, { ...ENQUEUER_ENV, ...difference }));
      expect(String(error)).to.include(problem);
    });
  }
});
