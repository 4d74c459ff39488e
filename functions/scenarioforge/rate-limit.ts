import { HttpError } from "../runtime/errors.ts";

/** As many names as an instance remembers; the one that was quiet the longest is forgotten first. */
const MAX_NAMES = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** So many requests a minute and name, in this instance: a bucket that fills at that rate. 429 beyond. */
export function rateLimit(perMinute: number, now: () => number): (name: string) => void {
  const buckets = new Map<string, Bucket>();
  return (name) => {
    const at = now();
    const before = buckets.get(name) ?? { tokens: perMinute, at };
    const tokens = Math.min(perMinute, before.tokens + ((at - before.at) / 60_000) * perMinute);
    buckets.delete(name);
    buckets.set(name, { tokens: Math.max(0, tokens - 1), at });
    const [oldest] = buckets.keys();
    if (buckets.size > MAX_NAMES && oldest !== undefined) buckets.delete(oldest);
    if (tokens >= 1) return;
    const seconds = Math.ceil(((1 - tokens) / perMinute) * 60);
    const message = `Too many requests: at most ${perMinute} a minute.`;
    throw new HttpError(429, "too_many_requests", message, { retryAfterSeconds: seconds });
  };
}
