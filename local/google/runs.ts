/** Google's services that answer on one machine: a line each. */
import type { GoogleName } from "../../infra/google/services.ts";
import { iamService } from "./iam/index.ts";
import { projectService } from "./project/index.ts";
import { pubsubService } from "./pubsub/index.ts";
import { runService } from "./run/index.ts";
import { secretsService } from "./secrets/index.ts";
import type { RunsService } from "./service.ts";
import { storageService } from "./storage/index.ts";
import { stsService } from "./sts/index.ts";
import { tasksService } from "./tasks/index.ts";

/** What a person may set of them. */
export interface GoogleOptions {
  /** How long a task's name stays taken after its task is gone. Default: an hour. */
  readonly dedupWindowSeconds?: number | undefined;
}

export function runsServices(options: GoogleOptions = {}): readonly RunsService[] {
  const services: Readonly<Record<GoogleName, RunsService | undefined>> = {
    project: projectService,
    iam: iamService,
    // What is said of it is looked at as it is declared, and nobody asks its API.
    artifacts: undefined,
    run: runService,
    secrets: secretsService,
    storage: storageService,
    sts: stsService,
    pubsub: pubsubService,
    tasks: tasksService(options),
  };
  return Object.values(services).filter((service) => service !== undefined);
}
