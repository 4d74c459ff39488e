import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client, credentials, type ClientReadableStream } from "@grpc/grpc-js";
import { expect } from "chai";
import protobuf from "protobufjs";
import { ApiError } from "../../../local/errors.ts";
import type { OpenStream } from "../../../local/gateway/call.ts";
import { serveApi } from "../../../local/gateway/codec.ts";
import type { ApiMethod } from "../../../local/gateway/descriptors.ts";
import { definitionOf, grpcOf } from "../../../local/gateway/grpc.ts";
import { pubSub } from "../../../local/google/pubsub/index.ts";
import { FakeCloud } from "../../support/fake-cloud.ts";
import { startSmallCloud } from "./small-cloud.ts";

const { root } = protobuf.parse(`syntax = "proto3"; message Line { string text = 1; }`);
const Line = root.lookupType("Line");

/** A method that one request opens and whose answers stream, as GetObject or Listen of a log would. */
const TAIL: ApiMethod = {
  name: "Tail",
  path: "/logs.Logs/Tail",
  fullName: "logs.Logs.Tail",
  request: Line,
  response: Line,
  requestStream: false,
  responseStream: true,
  rules: [],
};

const lineOf = (text: string): protobuf.Message => Line.create({ text });
const textOf = (message: protobuf.Message): string =>
  (Line.toObject(message) as { text: string }).text;

describe("a stream of answers over gRPC", () => {
  let open: OpenStream;
  let server: Server;
  let client: Client;
  const sockets = new Set<Socket>();

  before(async () => {
    const call = () => Promise.reject(new Error("no unary calls here"));
    const calls = { call, open: ((...given) => open(...given)) satisfies OpenStream };
    const grpc = grpcOf([TAIL], calls, () => undefined);
    server = createServer((socket) => {
      sockets.add(socket);
      grpc(socket);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  });
  after(() => {
    client.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  const tail = (text: string): ClientReadableStream<protobuf.Message> => {
    const { path, requestSerialize, responseDeserialize } = definitionOf(TAIL);
    return client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      lineOf(text),
    );
  };

  it("carries answers down in order, and ends well", async () => {
    open = async (_method, request, { send, requests }) => {
      expect(await requests[Symbol.asyncIterator]().next()).to.include({ done: true });
      for (const n of [1, 2, 3]) await send(lineOf(`${textOf(request)} ${n}`));
    };
    const seen = (await tail("line").toArray()) as protobuf.Message[];
    expect(seen.map(textOf)).to.deep.equal(["line 1", "line 2", "line 3"]);
  });

  it("ends with the error that is thrown, after what was sent", async () => {
    open = async (_method, _request, { send }) => {
      await send(lineOf("first"));
      throw new ApiError("NOT_FOUND", "the log is gone");
    };
    const stream = tail("x");
    const seen: string[] = [];
    stream.on("data", (message: protobuf.Message) => seen.push(textOf(message)));
    const [error] = (await once(stream, "error")) as [{ code: number; details: string }];
    expect({ seen, code: error.code, details: error.details }).to.deep.equal({
      seen: ["first"],
      code: 5,
      details: "the log is gone",
    });
  });

  it("tells the operation that the client has cancelled", async () => {
    const aborted = Promise.withResolvers<boolean>();
    open = async (_method, _request, { send, signal }) => {
      signal.addEventListener("abort", () => aborted.resolve(signal.aborted));
      await send(lineOf("first"));
      await aborted.promise;
      await send(lineOf("to nobody"));
    };
    const stream = tail("x");
    await once(stream, "data");
    stream.on("error", () => undefined);
    stream.cancel();
    expect(await aborted.promise).to.equal(true);
  });

  it("sends no faster than the client reads", async () => {
    let sent = 0;
    let isOver = false;
    const waiting = Promise.withResolvers<undefined>();
    open = async (_method, _request, { send }) => {
      for (; sent < 200 && !isOver; sent++) {
        const sending = send(lineOf("x".repeat(100_000)));
        const isFull = (await Promise.race([sending, nextTurns()])) === "full";
        if (isFull) waiting.resolve(undefined);
        await sending;
      }
    };
    const stream = tail("x");
    await waiting.promise;
    expect(sent).to.be.below(100);
    const seen = await stream.toArray();
    isOver = true;
    expect(seen).to.have.length(200);
  });
});

describe("Google's Pub/Sub client in an environment of a role", () => {
  it("gets messages by a stream through the gateway, answers for them and leaves", async () => {
    const small = await startSmallCloud();
    const cloud = new FakeCloud();
    const simulator = pubSub(cloud);
    const seen: string[] = [];
    const methods = Object.fromEntries(
      Object.entries(simulator.methods).map(([name, method]) => [
        name,
        {
          ...method,
          operation: (...given: Parameters<typeof method.operation>) => {
            seen.push(name);
            return method.operation(...given);
          },
        },
      ]),
    );
    const { callerOf } = small.issuer;
    const handler = serveApi({ ...simulator, methods }, { cloud, callerOf });
    small.hosts.set("pubsub.googleapis.com", handler);
    const script = fileURLToPath(new URL("clients/pubsub.ts", import.meta.url));
    const env = { PATH: process.env.PATH, ...small.environment };
    const { stdout } = await promisify(execFile)(process.execPath, [script], { env });
    const [subscription] = simulator.state.subscriptions.values();
    await small.stop();

    expect(JSON.parse(stdout)).to.deep.equal({ data: '{"pr":1}', attributes: { kind: "pr" } });
    // The client sends its answers in batches of its own.
    expect(seen.toSorted()).to.deep.equal([
      ...["Acknowledge", "CreateSubscription", "CreateTopic", "ModifyAckDeadline", "Publish"],
    ]);
    expect([...(subscription?.backlog.entries ?? [])]).to.deep.equal([]);
    expect([...(subscription?.consumers ?? [])]).to.deep.equal([]);
  });
});

/** "full" after as many turns of the event loop as a loopback connection with room never needs. */
async function nextTurns(): Promise<string> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  return "full";
}
