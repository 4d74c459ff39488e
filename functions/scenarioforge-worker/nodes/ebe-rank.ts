import { belonging } from "../brief.ts";
import { rankForces } from "../maths/ebe.ts";
import type { Node } from "./node.ts";

/** Forces by emergence, business impact and evidence. */
export const ebeRank: Node = {
  name: "ebe_rank",
  usesModel: false,
  make: async ({ brief, read }) => {
    const { forces } = await read("forces");
    const { evidence_units: units } = await read("evidence_units");
    const grades = new Map(units.map((unit) => [unit.id, unit.reliability_grade]));
    return { artifacts: { forces_ranked: { ...belonging(brief), ...rankForces(forces, grades) } } };
  },
};
