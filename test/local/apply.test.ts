import { expect } from "chai";
import { sliceOf, withSlice } from "../../local/declared/declared.ts";
import { tasks } from "../../local/google/tasks/declared.ts";
import { onPlatform } from "../support/platform.ts";

onPlatform(
  "the local cloud, given another program",
  (p) => {
    it("leaves a queue as the API made it where the program says nothing new about it", async () => {
      const present = p.cloud.declared();
      const [queue] = sliceOf(present, tasks).queue;
      const url = `https://cloudtasks.googleapis.com/v2/${queue?.name ?? ""}`;
      const paused = await p.as("developer", `${url}:pause`, { method: "POST", body: {} });
      expect(paused.body).to.include({ state: "PAUSED" });

      const services = present.services.map((spec) => ({ ...spec, timeoutSeconds: 7 }));
      await p.cloud.apply({ ...present, services });
      expect((await p.as("developer", url)).body).to.include({ state: "PAUSED" });

      const rateLimits = { maxDispatchesPerSecond: 7 };
      const changed = sliceOf(present, tasks).queue.map((each) => ({ ...each, rateLimits }));
      await p.cloud.apply(withSlice(present, tasks, { queue: changed }));
      const { body } = await p.as("developer", url);
      expect(body).to.have.nested.property("rateLimits.maxDispatchesPerSecond", 7);
    });
  },
  { iam: "off" },
);
