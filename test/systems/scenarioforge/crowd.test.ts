import { describeCrowd } from "./crowd.ts";

describeCrowd("scenarioforge, asked by a few at once", { runs: 4, concurrency: 2 });
