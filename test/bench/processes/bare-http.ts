/** The least that a Node server can do with a request of JSON: parse it and answer. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answering } from "./answering.ts";

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = JSON.parse(Buffer.concat(chunks).toString()) as { idempotency_key: string };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ ok: true, task: body.idempotency_key }));
  });
});
const listening = once(server.listen(0, "127.0.0.1"), "listening");

answering(async () => {
  await listening;
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
