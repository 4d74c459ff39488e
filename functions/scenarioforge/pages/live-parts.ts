// What a run that goes on shows of its results: each part is asked for by itself, and reads few files.
import type { Html } from "../../viewer/html.ts";
import type { RunLinks } from "./links.ts";
import { companyPart } from "./parts/company.ts";
import { forcesPart } from "./parts/forces.ts";
import { scenariosPart } from "./parts/scenarios.ts";
import { windTunnelPart } from "./parts/wind-tunnel.ts";
import type { Report } from "./report.ts";

export interface LivePart {
  readonly id: string;
  readonly title: string;
  /** Artifacts without which there is nothing to show. */
  readonly needs: readonly string[];
  /** All that it is made of: at most three. */
  readonly reads: readonly string[];
  readonly render: (report: Report, links: RunLinks) => Html;
}

export const LIVE_PARTS: readonly LivePart[] = [
  {
    id: "wind-tunnel",
    title: "Wind tunnel",
    needs: ["wind_tunnel_evaluations_v2"],
    reads: ["wind_tunnel_evaluations_v2"],
    render: windTunnelPart,
  },
  {
    id: "scenarios",
    title: "Scenarios",
    needs: ["uncertainty_axes", "scenarios"],
    reads: ["uncertainty_axes", "scenarios"],
    render: scenariosPart,
  },
  {
    id: "forces",
    title: "Forces",
    needs: ["forces"],
    reads: ["forces", "forces_ranked"],
    render: forcesPart,
  },
  {
    id: "company",
    title: "The question",
    needs: ["scenario_charter"],
    reads: ["scenario_charter", "focal_issue", "company_profile"],
    render: companyPart,
  },
];
