/** One word, `Postgres`, `nodePool`, `prod2`, `EU`, or a short number. */
const PART = /^(?:(?:[A-Z]{1,12}|[A-Z]?[a-z]{1,12}(?:[A-Z][a-z]{1,12}){0,3})\d{0,2}|\d{1,5})$/;
const BETWEEN = /[-_./: ]/;
const MAX_LENGTH = 40;

/**
 * Whether a value is made of ordinary words, `postgres`, `us-central1`, `db.example.com`: it does not look like a secret,
 * and stands in many places that have nothing to do with it.
 */
export function isOrdinary(value: string): boolean {
  return value.length <= MAX_LENGTH && value.split(BETWEEN).every((part) => PART.test(part));
}

/** Whether what stands there is no part of a longer word. */
export function isWhole(text: string, start: number, end: number): boolean {
  return !isLetter(text, end) && (!isLetter(text, start - 1) || isEscape(text, start));
}

function isLetter(text: string, at: number): boolean {
  return /[A-Za-z0-9]/.test(text.charAt(at));
}

/** The letters before are an escape's: `\nhunter`, `\u003chunter`, `%20hunter`. */
function isEscape(text: string, end: number): boolean {
  return /(?:\\[nrt]|\\u[0-9a-f]{4}|%[0-9a-f]{2})$/i.test(text.slice(Math.max(0, end - 6), end));
}

/** Words of OpenTofu's own in plans and messages, of as many letters as are looked for. */
export const OWN_WORDS = `
  after also apply attribute attributes been block blocks change changed changes check condition config configuration
  create created current data default delete deleted destroy destroyed element elements error failed false following
  forces hidden import imported invalid known module move moved must null outside output outputs plan planned provider
  read reading refreshing replace replaced replacement resource sensitive some state string true unchanged unknown update
  updated value values variable warning will with`
  .trim()
  .split(/\s+/)
  .flatMap((word) => [word, `${word.charAt(0).toUpperCase()}${word.slice(1)}`]);
