// How runs are called: `<company> | SP<months> | <geography>` (contract, 1.2), taken apart for people.
import { counted } from "../../viewer/format.ts";

export interface LabelParts {
  /** The whole label where it is of another kind. */
  readonly company: string;
  /** Empty where it is not said. */
  readonly place: string;
  readonly months: number | undefined;
}

export function partsOf(label: string): LabelParts {
  const [, company = label, months, place = ""] =
    /^(.*) \| SP(\d{1,6}) \| (.*)$/s.exec(label) ?? [];
  return { company, place, months: months === undefined ? undefined : Number(months) };
}

/** `5 years`, `40 months` */
export function horizonText(months: number): string {
  return months % 12 === 0 ? counted(months / 12, "year") : counted(months, "month");
}
