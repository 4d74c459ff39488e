/** Rounded to so many decimals; what is written as 1.005 counts as that, and not as the binary number below it. */
export function rounded(value: number, decimals: number): number {
  const [digits = "0", exponent = "0"] = value.toString().split("e");
  const shifted = Math.round(Number(`${digits}e${Number(exponent) + decimals}`));
  return Number(`${shifted}e${-decimals}`);
}

export function clamped(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}

/** 0 of no values. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
