// Takes the place of serve.ts in the bundle of a role that is deployed as a Cloud Run service of its own (infra/bundle).
import { createListener } from "../door/http-handler.ts";
import type { Service } from "../door/http-handler.ts";
import { createLog } from "../log.ts";
import { createServer } from "./server.ts";
import { handleEnd } from "./shutdown.ts";

/** Where nothing says which: the container contract's own default (cloud.google.com/run/docs/container-contract#port). */
const DEFAULT_PORT = "8080";

/** Answers a role's requests on PORT, without Functions Framework. A port that is taken ends the process. */
export function serve(service: Service): void {
  const server = createServer(createListener(service), service.hasStreams);
  handleEnd(server, createLog(service)());
  server.listen(Number(process.env.PORT ?? DEFAULT_PORT));
}
