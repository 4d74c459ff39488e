/** The project itself, which everything else is in. */
import { kind } from "../kind.ts";

export const project = kind({
  noun: "project",
  template: "projects/{project}",
  member: { type: "gcp:projects/iAMMember:IAMMember", conditions: "attributes" },
});
