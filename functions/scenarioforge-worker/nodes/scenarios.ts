import type { Axis } from "../../scenarios/artifacts/axes.ts";
import type { Scenario } from "../../scenarios/artifacts/scenarios.ts";
import { belonging } from "../brief.ts";
import { NodeFailure } from "../failure.ts";
import type { Quadrant } from "../../scenarios/prompts/question.ts";
import type { Node } from "./node.ts";

const SHOWN_FORCES = 40;
/** A scenario that rests on less is made of air. */
const MIN_TOUCHPOINTS = 2;

/** One scenario for each quadrant that the two chosen axes span. */
export const scenarios: Node = {
  name: "scenarios",
  usesModel: true,
  make: async ({ brief, read, ask }) => {
    const { axes, selected_axis_ids: chosenIds } = await read("uncertainty_axes");
    const { clusters } = await read("clusters");
    const { forces } = await read("forces");
    const ranked = (await read("forces_ranked")).forces;
    const chosen = chosenIds.flatMap((id) => axes.find(({ axis_id }) => axis_id === id) ?? []);
    const [first, second] = chosen;
    if (first === undefined || second === undefined) {
      throw new NodeFailure("There are not two axes to span scenarios.", { isFinal: true });
    }
    const quadrants = quadrantsOf(first, second);
    const clusterIds = new Set(clusters.map(({ cluster_id }) => cluster_id));
    const byId = new Map(forces.map((force) => [force.force_id, force]));
    const least = {
      clusters: Math.min(MIN_TOUCHPOINTS, clusterIds.size),
      forces: Math.min(MIN_TOUCHPOINTS, byId.size),
    };
    const known = ({ cluster_ids, force_ids }: Scenario["evidence_touchpoints"]) => ({
      cluster_ids: [...new Set(cluster_ids)].filter((id) => clusterIds.has(id)),
      force_ids: [...new Set(force_ids)].filter((id) => byId.has(id)),
    });
    const answer = await ask(
      "scenarios",
      {
        focal_issue: (await read("focal_issue")).focal_issue,
        axes: chosen,
        quadrants,
        clusters,
        forces: ranked.slice(0, SHOWN_FORCES).flatMap(({ force_id: id }) => {
          const force = byId.get(id);
          if (force === undefined) return [];
          return { force_id: id, label: force.label, mechanism: force.mechanism };
        }),
      },
      (given) =>
        quadrants.flatMap(({ scenario_id }) => {
          const told = given.scenarios.find((each) => each.scenario_id === scenario_id);
          if (told === undefined) return [`${scenario_id} is not told.`];
          const { cluster_ids, force_ids } = known(told.evidence_touchpoints);
          const isWell = cluster_ids.length >= least.clusters && force_ids.length >= least.forces;
          return isWell ? [] : [`${scenario_id} rests on too few clusters or forces.`];
        }),
    );
    return {
      artifacts: {
        scenarios: {
          ...belonging(brief),
          axes: chosenIds,
          needs_correction: false,
          warnings: [],
          scenarios: quadrants.flatMap(({ scenario_id, axis_states }) => {
            const told = answer.scenarios.find((each) => each.scenario_id === scenario_id);
            if (told === undefined) return [];
            return {
              ...told,
              axis_states: { ...axis_states },
              evidence_touchpoints: known(told.evidence_touchpoints),
            };
          }),
        },
      },
    };
  },
};

/** S1 to S4, in the order of the original: the first axis turns first. */
function quadrantsOf(first: Axis, second: Axis): Quadrant[] {
  const poles = [second.pole_a, second.pole_b].flatMap((other) =>
    [first.pole_a, first.pole_b].map((one) => [one, other] as const),
  );
  return poles.map(([one, other], index) => ({
    scenario_id: `S${index + 1}`,
    axis_states: { [first.axis_id]: one, [second.axis_id]: other },
  }));
}
