import { describeCrowd } from "../../systems/scenarioforge/crowd.ts";

describeCrowd("scenarioforge, asked by many at once", { runs: 50, concurrency: 12 });
