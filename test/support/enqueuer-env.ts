import type { EnqueuerVariables } from "../../functions/enqueuer/env.ts";

/** A complete environment of the enqueuer. */
export const ENQUEUER_ENV: EnqueuerVariables & Record<string, string> = {
  PROJECT_ID: "p",
  TASKS_REGION: "us-central1",
  CALLER_SA: "tasks-dispatcher@p.iam.gserviceaccount.com",
  WORKERS: JSON.stringify([
    {
      name: "brain",
      queue: "queue-brain",
      url: "https://brain-1.us-central1.run.app/process",
      deadline_s: 700,
    },
  ]),
};
