import { expect } from "chai";
import { ProducerEnv } from "../../../functions/producer/env.ts";
import type { ProducerVariables } from "../../../functions/producer/env.ts";
import { EnvError, readEnv } from "../../../functions/runtime/env.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const NEEDED: ProducerVariables = {
  GOOGLE_CLOUD_PROJECT: "p",
  AUDIENCE: "https://producer-1.us-central1.run.app",
  CALLER_SA: "producer-tasks@p.iam.gserviceaccount.com",
  PRIVATE: "true",
  TASKS_REGION: "us-central1",
  QUEUE: "queue-producer",
  STATE_BUCKET: "p-producer-state",
  WORKFLOWS_BASE_URL: "https://jobs.example/mount/",
  CONSUMER_BASE_URL: "https://consumer-1.us-central1.run.app/",
};

describe("ProducerEnv", () => {
  it("has the document's defaults", () => {
    expect(readEnv(ProducerEnv, NEEDED)).to.deep.equal({
      ...NEEDED,
      PRIVATE: true,
      TIMEOUT_SECONDS: 3_600,
      RUN_MARGIN_SECONDS: 30,
      WATCH_SECONDS: 5,
      WORKFLOWS_BASE_URL: "https://jobs.example/mount",
      WORKFLOWS_AUDIENCE: "https://jobs.example/mount",
      CONSUMER_BASE_URL: "https://consumer-1.us-central1.run.app",
      CONSUMER_AUDIENCE: "https://consumer-1.us-central1.run.app",
      CONSUMER_ID_TOKEN: true,
      SERVICE_AUTH_TOKEN: "",
      SINCE_ID: "",
      SINCE_TIME: "",
      START_LOOKBACK_MS: 60_000,
      CONSUMER_ID: "producer",
      EVENTS_HEARTBEAT_MS: 15_000,
      RECONNECT_BACKOFF_MS: 1_000,
      EVENT_QUEUE_MAX: 16,
      EVENT_ATTEMPTS: 5,
      TOOL_TIMEOUT_SECONDS: 120,
      LOCK_LEASE_MS: 600_000,
      IDLE_SHUTDOWN_MS: 300_000,
      SHUTDOWN_TIMEOUT_MS: 4_000,
      WORK_ROOT: "/mnt/work",
      WORK_PREFIX_TEMPLATE: "{projectId}/{workspaceId}",
      ENABLE_GCS_FUSE: "",
      GCS_BUCKET: "",
      GCS_PREFIX_TEMPLATE: "{userId}/{projectId}/{sessionId}/",
      GCS_TOKEN: "",
      X_GCS_TOKEN: "",
      GCS_ENABLE_UPLOAD: true,
      GCS_ENABLE_LIST: true,
      GCS_CAB_PERMISSION_MODE: "explicit",
      ALLOW_BUCKET_WIDE_CAB: false,
      GCS_DEBUG: false,
    });
  });

  it("takes what is set to nothing for what is not set, as in an .env file", () => {
    const blank = Object.fromEntries(
      Object.keys(ProducerEnv.pipe[0].entries).map((name) => [name, ""]),
    );
    expect(readEnv(ProducerEnv, { ...blank, ...NEEDED })).to.deep.equal(
      readEnv(ProducerEnv, NEEDED),
    );
  });

  it("takes older names where the newer are not set", () => {
    const env = readEnv(ProducerEnv, { ...NEEDED, X_LOCK_LEASE_MS: "30000", X_GCS_TOKEN: "t" });
    expect([env.LOCK_LEASE_MS, env.GCS_TOKEN]).to.deep.equal([30_000, "t"]);
  });

  it("reports all mistakes together, without a value", async () => {
    const error = await thrownBy(() =>
      readEnv(ProducerEnv, {
        ...NEEDED,
        WORKFLOWS_BASE_URL: undefined,
        CONSUMER_BASE_URL: "consumer",
        GCS_DEBUG: "untrue",
        SERVICE_AUTH_TOKEN: "a secret",
        EVENT_QUEUE_MAX: "-1",
      }),
    );
    expect(error).to.be.instanceOf(EnvError);
    expect((error as Error).message.split("\n").slice(1)).to.deep.equal([
      "- WORKFLOWS_BASE_URL: not set",
      "- CONSUMER_BASE_URL: must be an http(s) URL",
      "- SERVICE_AUTH_TOKEN: must be printable ASCII without spaces",
      "- EVENT_QUEUE_MAX: must be a whole number of events",
      "- GCS_DEBUG: must be 1 or 0",
    ]);
  });

  it("takes a flag for what it says as a whole: 10 and untrue are none (defect 21)", async () => {
    for (const flag of ["1", "true", "YES", "on"]) {
      expect(readEnv(ProducerEnv, { ...NEEDED, GCS_DEBUG: flag }).GCS_DEBUG).to.equal(true);
    }
    for (const flag of ["10", "untrue", "yesterday"]) {
      expect(
        await thrownBy(() => readEnv(ProducerEnv, { ...NEEDED, GCS_DEBUG: flag })),
      ).to.be.instanceOf(EnvError);
    }
  });

  it("refuses a lease shorter than 30 s by its name", async () => {
    const error = await thrownBy(() => readEnv(ProducerEnv, { ...NEEDED, LOCK_LEASE_MS: "5000" }));
    expect(String(error)).to.contain("LOCK_LEASE_MS: must be at least 30000");
  });
});
