// Numbers and times as the pages show them: the same for every reader, so that a printed page and a screen agree.

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** `0.4 s`, `12 s`, `3 min 20 s`, `1 h 5 min`, `2 d 3 h`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  if (seconds < 10) return `${Number(seconds.toFixed(seconds < 1 ? 2 : 1))} s`;
  if (seconds < MINUTE) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < HOUR) return pair(whole, MINUTE, "min", 1, "s");
  if (whole < DAY) return pair(whole, HOUR, "h", MINUTE, "min");
  return pair(whole, DAY, "d", HOUR, "h");
}

function pair(seconds: number, unit: number, name: string, lesser: number, lesserName: string) {
  const rest = Math.floor((seconds % unit) / lesser);
  return `${Math.floor(seconds / unit)} ${name}${rest === 0 ? "" : ` ${rest} ${lesserName}`}`;
}

/** `12,345`, `−3.5`, with so many decimals, so that figures stand below each other. */
export function number(value: number, decimals = 0): string {
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return value
    .toLocaleString("en-GB", digits)
    .replace(/^-(?=.*[1-9])/, "\u2212")
    .replace("-", "");
}

/** `1 force`, `12 forces`. `plural` where an `s` does not make it. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${number(count)} ${count === 1 ? noun : plural}`;
}

const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
const TIME = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: "UTC" });

/** `21 November 2026`; undefined for what is no time. */
export function day(iso: string | null | undefined): string | undefined {
  const at = Date.parse(iso ?? "");
  return Number.isNaN(at) ? undefined : DATE.format(at);
}

/** `02:17:12`, in UTC; undefined for what is no time. */
export function clock(iso: string | null | undefined): string | undefined {
  const at = Date.parse(iso ?? "");
  return Number.isNaN(at) ? undefined : TIME.format(at);
}

const MOMENT = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});

/** `21 Nov 2026, 02:17 UTC`; undefined for what is no time. */
export function moment(iso: string): string | undefined {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? undefined : `${MOMENT.format(at)} UTC`;
}
