const MAX_SECONDS = 30;

/**
 * How long to wait after so many failures in a row, 1 and more: anything up to twice as long each time, 30 s at most, so
 * that many who failed together do not come back together (full jitter).
 */
export function backoffSeconds(
  failures: number,
  baseSeconds: number,
  random: () => number,
): number {
  return random() * Math.min(MAX_SECONDS, baseSeconds * 2 ** (failures - 1));
}
