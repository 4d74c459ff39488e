import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import type { Calls } from "../../../local/gateway/call.ts";
import { grpcOf } from "../../../local/gateway/grpc.ts";

const NO_CALLS: Calls = {
  call: () => Promise.reject(new Error("never")),
  open: () => Promise.reject(new Error("never")),
};

describe("gRPC", () => {
  let server: Server;
  let port: number;

  before(async () => {
    const grpc = grpcOf([], NO_CALLS, () => undefined, 50);
    server = createServer(grpc).listen(0, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  });
  after(() => void server.close());

  it("lets go of a client that asks nothing", async () => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    await once(session, "close");
  });

  it("lets go of a client that says nothing", async () => {
    const socket = connect(port, "127.0.0.1");
    await once(socket.resume(), "close");
  });
});
