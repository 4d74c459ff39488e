/** What a run is about, as its launcher said. */
export interface Brief {
  readonly runId: string;
  /** ISO time at which the run was created: the only clock that artifacts show. */
  readonly createdAt: string;
  readonly company: string;
  /** Where the company does business. */
  readonly geography: string;
  readonly scope: "world" | "region" | "country";
  /** What the scope names: a country, a region, or the world. */
  readonly value: string;
  readonly horizonMonths: number;
  /** Decides every choice of a mock run: the signature of the run. */
  readonly seed: string;
}

/** What most artifacts begin with. */
export function belonging({ runId, createdAt, company, geography, horizonMonths }: Brief) {
  return {
    run_id: runId,
    timestamp: createdAt,
    company_name: company,
    geography,
    horizon_months: horizonMonths,
  };
}

/** `5 years`, `42 months` */
export function horizonInWords(months: number): string {
  return months % 12 === 0 ? `${months / 12} years` : `${months} months`;
}
