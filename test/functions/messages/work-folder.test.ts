import { expect } from "chai";
import fc from "fast-check";
import path from "node:path";
import { workFolderOf } from "../../../functions/messages/work-folder.ts";

const DEFAULT = "{projectId}/{workspaceId}";

describe("workFolderOf", () => {
  // Producer contract, 5.1, row by row; where 5.3 wins, the row's own result stands behind it.
  for (const [row, template, project, workspace, expected] of [
    ["1", DEFAULT, "p1", "w1", "p1/w1"],
    ["2, decided otherwise: p1 is the parent of others' folders", DEFAULT, "p1", "", "p1/_"],
    ["3", "{workspaceId}", "p1", "", "p1"],
    ["3, decided otherwise: the root is everybody's", "{workspaceId}", "", "", "_"],
    ["4", "{nope}/{projectId}", "p1", "", "_nope_/p1"],
    ["5", "../{projectId}", "p1", "w1", "p1"],
    ["5", "{projectId}/../{workspaceId}", "p1", "w1", "p1/w1"],
    ["6", "/abs/{projectId}", "p1", "", "abs/p1"],
    [
      "7, decided otherwise: a slash in a value splits nothing",
      DEFAULT,
      "../../etc",
      "w1",
      "._._etc/w1",
    ],
    ["8, decided otherwise", DEFAULT, "a/b\\c", "a b:c@d", "a_b-c/a_b_c_d"],
    ["9, decided otherwise", DEFAULT, "...", ".hidden", "_/.hidden"],
    ["10", DEFAULT, "é漢", "x".repeat(200), `__/${"x".repeat(128)}`],
  ] as const) {
    it(`is row ${row}: ${template}`, () => {
      const folder = workFolderOf(template, { project_id: project, workspace_id: workspace });
      expect(folder.join("/")).to.equal(expected);
    });
  }

  it("stays below the root, as deep as its template, whatever the ids are", () => {
    const id = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(id, id, (project_id, workspace_id) => {
        const folder = workFolderOf("{projectId}/x/{workspaceId}", { project_id, workspace_id });
        const real = path.join("/root", ...folder);
        expect(real.split("/")).to.have.length(5);
        expect(real.startsWith("/root/")).to.equal(true);
      }),
    );
  });
});
