import type { ConsumerEnv } from "./env.ts";
import type { Settings } from "./ports.ts";

/** What the environment says, in the units of the logic. */
export function settingsOf(env: ConsumerEnv): Settings {
  return {
    heartbeatSeconds: env.EVENTS_HEARTBEAT_MS / 1000,
    readMaxBytes: env.READ_FILE_MAX_BYTES,
    outputMaxBytes: env.OUTPUT_MAX_BYTES,
    runsCommands: env.RUN_COMMAND_ENABLED,
    commandSeconds: env.RUN_COMMAND_TIMEOUT_SECONDS,
    hasTrace: env.CONSUMER_TRACE,
    sync: {
      bucket: env.GCS_BUCKET,
      prefixTemplate: env.GCS_PREFIX_TEMPLATE,
      apiBase: env.GCS_API_BASE,
      downloads: env.GCS_DOWNLOAD_CONCURRENCY,
      uploads: env.GCS_UPLOAD_CONCURRENCY,
      canUpload: env.GCS_ENABLE_UPLOAD,
      atStart: env.SYNC_ON_START,
      intervalSeconds: env.SYNC_INTERVAL_MS / 1000,
      shutdownSeconds: env.SHUTDOWN_SYNC_TIMEOUT_MS / 1000,
      billingProject: env.GCS_BILLING_PROJECT,
      isDebugged: env.GCS_DEBUG,
    },
  };
}
