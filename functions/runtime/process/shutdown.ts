import type { Server } from "node:http";
import { stackOf } from "../log.ts";
import type { Log } from "../log.ts";

/** Cloud Run kills an instance 10 s after SIGTERM (https://cloud.google.com/run/docs/container-contract#instance-shutdown). */
const MAX_SHUTDOWN_MS = 9_000;
const IDLE_CHECK_MS = 50;

const EVENTS = ["SIGTERM", "SIGINT", "uncaughtException", "unhandledRejection", "exit"] as const;

/**
 * Decides how the process ends, as `handleEnd` says, in place of Functions Framework, whose own handlers end it at once on
 * SIGTERM and send the text of a fatal error to whichever client asked last (functions-framework 5.0.5,
 * build/src/invoker.js).
 */
export function takeOverProcess(server: Server, log: Log): void {
  const before = new Map(EVENTS.map((event) => [event, process.listeners(event as "exit")]));
  server.once("listening", () => {
    // The framework adds its handlers in its own "listening" callback, which is called after this one.
    setImmediate(() => {
      for (const event of EVENTS) {
        for (const listener of process.listeners(event as "exit")) {
          if (before.get(event)?.includes(listener) !== true) process.off(event, listener);
        }
      }
      handleEnd(server, log);
    });
  });
}

/**
 * Decides how a process ends. SIGTERM and SIGINT: no new connections, what is in flight is finished, exit 0. A fatal
 * error: logged, exit 1.
 */
export function handleEnd(server: Server, log: Log): void {
  const stop = (): void => {
    process.off("SIGTERM", stop).off("SIGINT", stop);
    const timer = setTimeout(() => {
      log("ERROR", "Requests were still running when the time to stop was over");
      process.exit(1);
    }, MAX_SHUTDOWN_MS);
    server.close(() => {
      clearTimeout(timer);
      process.exit(0);
    });
    // A connection that is kept alive would hold the server open after its last answer.
    setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
  const crash = (error: unknown): void => {
    log("CRITICAL", "The process ends because of an error that nothing handled", stackOf(error));
    process.exit(1);
  };
  process.on("uncaughtException", crash).on("unhandledRejection", crash);
}
