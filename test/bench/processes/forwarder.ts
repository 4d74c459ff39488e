/** The least that can stand between a sender and a worker: each request is sent on as it is. */
import { once } from "node:events";
import { Agent, createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { answering } from "./answering.ts";

export interface ForwarderQuestion {
  /** `http://127.0.0.1:8081` */
  readonly target: string;
}

answering(async ({ target }: ForwarderQuestion): Promise<string> => {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    const { url = "/", method, headers } = incoming;
    const onward = httpRequest(`${target}${url}`, { method, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.once("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
