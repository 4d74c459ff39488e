/** A role for tests of the runtime: it ends its own process in the ways that bugs do. */
import type { Service } from "../../functions/runtime/door/http-handler.ts";
import type { Reply } from "../../functions/runtime/door/reply.ts";

function route(handle: () => Promise<Reply>) {
  return { maxBodyBytes: 100, handle };
}

export const crashing: Service = {
  role: "crashing",
  routes: {
    "/throw": route(() => {
      throw new Error("the secret of the handler");
    }),
    "/reject": route(() => {
      void Promise.reject(new Error("rejected on purpose"));
      return new Promise(() => undefined);
    }),
    "/callback": route(() => {
      setImmediate(() => {
        throw new Error("thrown on purpose");
      });
      return new Promise(() => undefined);
    }),
  },
};
