/** Google's services as programs declare them: a line each. The thread that records loads these, and nothing that runs. */
import type { GoogleName } from "../../infra/google/services.ts";
import { artifacts } from "./artifacts/declared.ts";
import { iam } from "./iam/declared.ts";
import { project } from "./project/declared.ts";
import { pubsub } from "./pubsub/declared.ts";
import { run } from "./run/declared.ts";
import { secrets } from "./secrets/declared.ts";
import type { DeclaresService } from "./service.ts";
import { storage } from "./storage/declared.ts";
import { sts } from "./sts/declared.ts";
import { tasks } from "./tasks/declared.ts";

const SERVICES: Readonly<Record<GoogleName, DeclaresService>> = {
  project,
  iam,
  artifacts,
  run,
  tasks,
  pubsub,
  storage,
  sts,
  secrets,
};

export const DECLARES: readonly DeclaresService[] = Object.values(SERVICES);
