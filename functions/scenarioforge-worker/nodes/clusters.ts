import { belonging } from "../brief.ts";
import { clusterForces } from "../maths/cluster.ts";
import type { Node } from "./node.ts";

/** Forces that are told in the same words, named by a model. */
export const clusters: Node = {
  name: "clusters",
  usesModel: true,
  make: async ({ brief, read, ask }) => {
    const { forces } = await read("forces");
    const byId = new Map(forces.map((force) => [force.force_id, force]));
    const found = clusterForces(forces);
    const unnamed = found.map(({ cluster_id, centroid_summary, force_ids }) => ({
      cluster_id,
      centroid_summary,
      forces: force_ids.flatMap((id) => {
        const force = byId.get(id);
        if (force === undefined) return [];
        const { force_id, domain, label, mechanism } = force;
        return { force_id, domain, label, mechanism };
      }),
    }));
    const answer = await ask("clusters", { clusters: unnamed }, (given) =>
      found
        .filter(({ cluster_id: id }) => !given.clusters.some((each) => each.cluster_id === id))
        .map(({ cluster_id }) => `${cluster_id} has no name.`),
    );
    return {
      artifacts: {
        clusters: {
          ...belonging(brief),
          clusters: found.flatMap((cluster) => {
            const name = answer.clusters.find((each) => each.cluster_id === cluster.cluster_id);
            return name === undefined
              ? []
              : { ...name, ...cluster, force_ids: [...cluster.force_ids] };
          }),
        },
      },
    };
  },
};
