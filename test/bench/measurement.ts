/** What a measurement is, and what it says: numbers beside a floor taken in the same run, judged only where a limit is known. */
import { median } from "./statistics.ts";

export type Unit = "µs" | "ms" | "B" | "MB" | "per s" | "resources" | "requests" | "tasks";

/** The largest or the least value that is still within: of our own number, or of its ratio to the floor. */
export type Limit = { readonly of: "ours" | "ratio" } & (
  { readonly max: number } | { readonly min: number }
);

/** One line of the table. */
export interface Row {
  /** The measurement's name: `cold-start`. */
  readonly measurement: string;
  readonly what: string;
  readonly unit: Unit;
  readonly ours: number;
  /** What the floor is, and its number. */
  readonly floor?: { readonly what: string; readonly value: number };
  /** Ours divided by the floor. */
  readonly ratio?: number;
  readonly limit?: Limit;
  /** Present where there is a limit. */
  readonly verdict?: "within" | "missed";
}

export interface Run {
  /** Small counts: everything runs, no number means much. */
  readonly isShort: boolean;
  readonly progress: (message: string) => void;
}

export interface Measurement {
  readonly name: string;
  /** One line for `--help`. */
  readonly about: string;
  /** Rejects only where something broke; a limit that is missed is a verdict. */
  readonly measure: (run: Run) => Promise<readonly Row[]>;
}

/** Samples of one side; their median is its number. */
export interface Sampled {
  readonly what: string;
  readonly unit: Unit;
  readonly ours: readonly number[];
  readonly floor?: { readonly what: string; readonly samples: readonly number[] };
  readonly limit?: Limit;
}

/** The row of alternating samples. */
export function rowOf(measurement: string, { what, unit, ours, floor, limit }: Sampled): Row {
  const value = median(ours);
  const below = floor && { what: floor.what, value: median(floor.samples) };
  const ratio = below && value / below.value;
  const judged = limit?.of === "ratio" ? ratio : value;
  return {
    measurement,
    what,
    unit,
    ours: value,
    ...(below && { floor: below }),
    ...(ratio !== undefined && { ratio }),
    ...(limit && { limit }),
    ...(limit &&
      judged !== undefined && { verdict: isWithin(judged, limit) ? "within" : "missed" }),
  };
}

function isWithin(value: number, limit: Limit): boolean {
  return "max" in limit ? value <= limit.max : value >= limit.min;
}
