import * as v from "valibot";
import { Belonging } from "./metadata.ts";
import { Id, Ids, Share, text } from "./text.ts";

const Label = {
  cluster_label: text(160),
  underlying_dynamic: text(600),
  why_these_forces_belong_together: text(600),
};

/** Names for clusters that were found by arithmetic. */
export const ClustersAnswer = v.object({
  clusters: v.pipe(v.array(v.object({ cluster_id: Id, ...Label })), v.maxLength(150)),
});
export type ClustersAnswer = v.InferOutput<typeof ClustersAnswer>;

export const Cluster = v.strictObject({
  cluster_id: Id,
  ...Label,
  centroid_summary: text(200),
  coherence_score: Share,
  force_ids: v.pipe(Ids, v.minLength(1)),
});
export type Cluster = v.InferOutput<typeof Cluster>;

export const Clusters = v.strictObject({
  ...Belonging,
  clusters: v.pipe(v.array(Cluster), v.minLength(1)),
});
export type Clusters = v.InferOutput<typeof Clusters>;
