import { LAYERS } from "../../scenarios/artifacts/forces.ts";
import type { Mocks } from "./mocks.ts";
import { ANGLES, THEMES } from "./themes.ts";

/** So many forces of a theme make a cluster. */
const PER_THEME = 3;

/** Forces of a domain, a few of each theme, so that the arithmetic finds clusters. */
export const forces: Pick<Mocks, "forces" | "clusters"> = {
  forces: ({ domain, count, total, named, evidence }, { chance }) => {
    const themes = chance.shuffled(THEMES[domain], "themes", domain);
    const used = Math.min(themes.length, Math.max(1, Math.floor(total / PER_THEME)));
    return {
      forces: Array.from({ length: count }, (_, index) => {
        const place = named.length + index;
        const theme = themes[place % used] ?? THEMES[domain][0];
        const turn = Math.floor(place / used);
        const angles = chance.shuffled(ANGLES, "angles", theme.name);
        const [angle, clause] = angles[turn % angles.length] ?? ["in motion", "It moves."];
        const round = Math.floor(turn / angles.length);
        const again = round === 0 ? "" : ` (${round + 1})`;
        const speaking = evidence.filter(({ title }) => title.startsWith(theme.name));
        const linked = speaking.length > 0 ? speaking : evidence.slice(0, 1);
        return {
          layer: chance.pick(LAYERS, "layer", theme.name, turn),
          label: `${theme.name} ${angle}${again}`,
          mechanism: `${theme.mechanism}. ${clause}`,
          directionality: `${theme.direction}.`,
          affected_dimensions: [...theme.dimensions],
          evidence_unit_ids: linked.slice(0, 2).map(({ id }) => id),
          confidence: (40 + chance.below(50, "confidence", theme.name, turn)) / 100,
          confidence_rationale:
            linked.length > 1 ? "Two units of evidence agree." : "One unit of evidence says so.",
        };
      }),
    };
  },
  clusters: ({ clusters }) => ({
    clusters: clusters.map(({ cluster_id, centroid_summary, forces: members }) => {
      const theme = Object.values(THEMES)
        .flat()
        .find(({ name }) => members[0]?.label.startsWith(name));
      const isOne = members.every(({ label }) => label.startsWith(theme?.name ?? "\n"));
      return {
        cluster_id,
        cluster_label: isOne && theme !== undefined ? theme.name : `Mixed: ${centroid_summary}`,
        underlying_dynamic:
          isOne && theme !== undefined
            ? `${theme.direction}.`
            : "Several movements that touch the same words.",
        why_these_forces_belong_together: `They share what is told about ${centroid_summary}.`,
      };
    }),
  }),
};
