/**
 * Aborted when this process is asked to end: Cloud Run sends SIGTERM 10 s before it kills an instance
 * (https://cloud.google.com/run/docs/container-contract#instance-shutdown). To be called before the port is opened: what
 * listens then stays.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once("SIGTERM", stop).once("SIGINT", stop);
  return controller.signal;
}
