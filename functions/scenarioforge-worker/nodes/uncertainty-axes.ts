import type { Axis } from "../../scenarios/artifacts/axes.ts";
import { belonging } from "../brief.ts";
import { NodeFailure } from "../failure.ts";
import { chooseAxes } from "../maths/axes.ts";
import type { Node } from "./node.ts";

const SHOWN_FORCES = 40;

/** What nobody knows, and the two unknowns that matter most. */
export const uncertaintyAxes: Node = {
  name: "uncertainty_axes",
  usesModel: true,
  make: async ({ brief, read, ask, note }) => {
    const { clusters } = await read("clusters");
    const { forces } = await read("forces");
    const ranked = (await read("forces_ranked")).forces;
    const byId = new Map(forces.map((force) => [force.force_id, force]));
    const shown = ranked.slice(0, SHOWN_FORCES).flatMap(({ force_id: id }) => {
      const force = byId.get(id);
      if (force === undefined) return [];
      const { force_id, domain, label, directionality } = force;
      return { force_id, domain, label, directionality };
    });
    const clusterIds = new Set(clusters.map(({ cluster_id }) => cluster_id));
    const answer = await ask(
      "uncertainty_axes",
      { focal_issue: (await read("focal_issue")).focal_issue, clusters, forces: shown },
      ({ axes }) => axes.flatMap((axis) => problemsOf(axis, clusterIds, byId)),
    );
    const axes = answer.axes.map((each, index) => {
      const axis_id = `axis-${index + 1}`;
      const { cluster_ids, force_ids } = each.tension_basis;
      const basis = {
        cluster_ids: [...new Set(cluster_ids)].filter((id) => clusterIds.has(id)),
        force_ids: [...new Set(force_ids)].filter((id) => byId.has(id)),
      };
      const isWhole =
        basis.cluster_ids.length === cluster_ids.length &&
        basis.force_ids.length === force_ids.length;
      if (!isWhole) note("stripped_unknown_basis", { axis_id });
      return { ...each, axis_id, tension_basis: basis };
    });
    const chosen = chooseAxes(axes);
    if (chosen === undefined) {
      throw new NodeFailure("No two uncertainty axes are independent of each other.");
    }
    return {
      artifacts: {
        uncertainty_axes: {
          ...belonging(brief),
          axes,
          selected_axis_ids: chosen.map(({ axis_id }) => axis_id),
        },
      },
    };
  },
};

function problemsOf(
  { axis_name, pole_a, pole_b, tension_basis }: Omit<Axis, "axis_id">,
  clusterIds: ReadonlySet<string>,
  forces: ReadonlyMap<string, unknown>,
): string[] {
  const hasBasis =
    tension_basis.cluster_ids.some((id) => clusterIds.has(id)) &&
    tension_basis.force_ids.some((id) => forces.has(id));
  return [
    ...(hasBasis ? [] : [`The axis "${axis_name}" stands on no cluster or force of the context.`]),
    ...(pole_a.toLowerCase() === pole_b.toLowerCase()
      ? [`The axis "${axis_name}" has twice the same pole.`]
      : []),
  ];
}
