import { MAX_AXES, MIN_AXES } from "../../scenarios/artifacts/axes.ts";
import type { Cluster } from "../../scenarios/artifacts/clusters.ts";
import type { Mocks } from "./mocks.ts";
import { THEMES, themeIn } from "./themes.ts";

/** An axis for each of the clusters, and for other themes where there are too few clusters. */
export const axes: Pick<Mocks, "uncertainty_axes"> = {
  uncertainty_axes: ({ clusters, forces }, { chance }) => {
    const all = Object.values(THEMES).flat();
    const found = clusters.flatMap((cluster) => themeIn(cluster.cluster_label) ?? []);
    const others = chance.shuffled(all, "axes").filter((theme) => !found.includes(theme));
    const themes = [...chance.shuffled([...new Set(found)], "own axes"), ...others];
    return {
      axes: themes.slice(0, Math.min(MAX_AXES, Math.max(MIN_AXES, found.length))).map((theme) => {
        const near = clusters.filter(({ cluster_label }) => cluster_label === theme.name);
        const basis = near.length > 0 ? near : clusters.slice(0, 1);
        const neighbours = clusters.filter((cluster) => !basis.includes(cluster));
        const second: Cluster[] =
          neighbours.length === 0
            ? []
            : neighbours.slice(chance.below(neighbours.length, "basis", theme.name)).slice(0, 1);
        const stands = [...basis, ...second];
        const own = stands.flatMap(({ force_ids }) => force_ids.slice(0, 2));
        return {
          axis_name: theme.axis.name,
          pole_a: theme.axis.poles[0],
          pole_b: theme.axis.poles[1],
          impact_score: 3 + chance.below(3, "impact", theme.name),
          uncertainty_score: 2 + chance.below(4, "uncertainty", theme.name),
          tension_basis: {
            cluster_ids: stands.map(({ cluster_id }) => cluster_id),
            force_ids: own.length > 0 ? own : forces.slice(0, 2).map(({ force_id }) => force_id),
          },
          what_would_change_mind: [`${theme.sign}.`],
          independence_notes: `Moves with ${theme.dimensions.join(" and ")}, whatever the other axes do.`,
        };
      }),
    };
  },
};
