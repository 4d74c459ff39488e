/** Waits for nothing longer than this: far beyond what anything here takes, also on a machine that is busy. */
const MAX_WAIT_MS = 120_000;

/** The promise, or a rejection that says what did not come in two minutes. */
export async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`${what}: not within ${MAX_WAIT_MS / 1000} s.`)),
    MAX_WAIT_MS,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
