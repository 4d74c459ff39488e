import { expect } from "chai";
import { onPlatform } from "../../support/platform.ts";
import { SHORT_RUNS, Workspace } from "./workspace.ts";

const OBJECTS = "https://storage.googleapis.com/storage/v1/b/switchyard-dev-producer-work/o";

onPlatform(
  "producer, with the bucket mounted",
  (p) => {
    it("runs bridge and consumer as services, and keeps what tools write in the bucket", async () => {
      const workspace = new Workspace(p);
      const write = workspace.call("UPDATE_FILE", { filepath: "a.txt", content: "mounted" });
      const read = workspace.call("READ_FILE", { filepath: "a.txt" });
      await workspace.bridge([write, read]);
      expect([write, read].map((call) => workspace.answers(call))).to.deep.equal([
        [{ filepath: "a.txt", bytesWritten: 7, append: false }],
        [{ filepath: "a.txt", content: "mounted", truncated: false, bytes: 7 }],
      ]);
      // What an instance leaves in its mount is written back when it ends.
      await p.restart("consumer");
      const again = workspace.call("READ_FILE", { filepath: "a.txt" });
      await workspace.bridge([again]);
      expect(workspace.answers(again)).to.deep.equal(workspace.answers(read));
      const { body } = await p.as("consumer", OBJECTS);
      const { items } = body as { readonly items: readonly { readonly name: string }[] };
      const { project } = workspace;
      const names = items.map(({ name }) => name).filter((name) => name.endsWith("a.txt"));
      // Once from the mount, and once where the tenant's token puts it.
      expect(names).to.include.members([
        `user-1/${project}/workspace/session/a.txt`,
        `user-1/${project}/session/a.txt`,
      ]);
    });
  },
  { config: { producerMount: true }, env: SHORT_RUNS },
);
