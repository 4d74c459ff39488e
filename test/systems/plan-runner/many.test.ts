import { onPlatform } from "../../support/platform.ts";
import { scriptedTools } from "../../support/scripted-tofu.ts";
import { leavesOneCommentEach } from "./crowd.ts";
import { planRunnerWith } from "../../support/plan-runner.ts";

const tools = scriptedTools();

// `npm run test:long` does the same for 50 pull requests with 10 each.
onPlatform(
  "plan-runner, pushed to faster than it plans",
  (p) => {
    before(() => tools.upload(p.cloud));

    leavesOneCommentEach(p, { pullRequests: 5, heads: 5 });
  },
  { env: tools.env, ...planRunnerWith({ tofu: null }) },
);
