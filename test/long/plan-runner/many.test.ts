import { onPlatform } from "../../support/platform.ts";
import { scriptedTools } from "../../support/scripted-tofu.ts";
import { leavesOneCommentEach } from "../../systems/plan-runner/crowd.ts";
import { planRunnerWith } from "../../support/plan-runner.ts";

const tools = scriptedTools();

onPlatform(
  "plan-runner, pushed to by many",
  (p) => {
    before(() => tools.upload(p.cloud));

    leavesOneCommentEach(p, { pullRequests: 50, heads: 10 });
  },
  { env: tools.env, ...planRunnerWith({ tofu: null }) },
);
