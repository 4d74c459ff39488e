import { onPlatform } from "../../support/platform.ts";
import { stories } from "./stories.ts";

onPlatform("enqueuer", (p) => {
  for (const { title, run } of stories) it(title, () => run(p));
});
