import { serveApi } from "../../../../local/gateway/codec.ts";
import { pubSub } from "../../../../local/google/pubsub/index.ts";
import { contract } from "./contract.ts";
import { startTarget } from "./target.ts";

contract("the simulator", () =>
  startTarget((cloud) => {
    const api = pubSub(cloud);
    return Promise.resolve({ serve: (serving) => serveApi(api, serving), stop: () => api.stop() });
  }),
);
