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
  const [whole = "", part] = Math.abs(value).toFixed(decimals).split(".");
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
  const shown = part === undefined ? grouped : `${grouped}.${part}`;
  return value < 0 && /[1-9]/.test(shown) ? `\u2212${shown}` : shown;
}

/** `1 force`, `12 forces`. `plural` where an `s` does not make it. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${number(count)} ${count === 1 ? noun : plural}`;
}

const MONTHS =
  "January February March April May June July August September October November December".split(
    " ",
  );

/** `21 November 2026`, in UTC; undefined for what is no time. */
export function day(iso: string | null | undefined): string | undefined {
  const at = timeIn(iso);
  return at && `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ""} ${at.getUTCFullYear()}`;
}

/** `02:17:12`, in UTC; undefined for what is no time. */
export function clock(iso: string | null | undefined): string | undefined {
  return timeIn(iso)?.toISOString().slice(-13, -5);
}

/** `21 Nov 2026, 02:17 UTC`; undefined for what is no time. */
export function moment(iso: string): string | undefined {
  const [date = "", month = "", year = ""] = (day(iso) ?? "").split(" ");
  const time = clock(iso)?.slice(0, 5);
  return time && `${date} ${month.slice(0, 3)} ${year}, ${time} UTC`;
}

/** Without Intl, whose first use would be a good part of a role's start. */
function timeIn(iso: string | null | undefined): Date | undefined {
  const at = new Date(iso ?? "");
  return Number.isNaN(at.getTime()) ? undefined : at;
}
