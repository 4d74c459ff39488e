import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { AddressInfo } from "node:net";
import { CRC32C } from "@google-cloud/storage";
import { expect } from "chai";
import { bundle } from "../../../infra/bundle/bundle.ts";
import { RoleProcess } from "../../support/role-process.ts";
import { AUDIENCE, CALLER, idToken } from "../../support/runtime-tokens.ts";

async function removed(claims: object = {}): Promise<string> {
  return (await idToken(claims)).replace(/[^.]*$/, "SIGNATURE_REMOVED_BY_GOOGLE");
}

/** A bucket that holds nothing, and takes everything. The variable that points Google's client at it is Google's own. */
async function emptyBucket(): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    void text(request).then((upload) => {
      if (request.method === "GET") {
        response.writeHead(404, { "content-type": "application/json" });
        response.end('{"error":{"code":404,"message":"Not Found"}}');
        return;
      }
      // multipart/related: the object's own bytes are the second part. The client compares their checksum.
      const content = upload.split("\r\n--")[1]?.split("\r\n\r\n")[1] ?? "";
      const checksum = new CRC32C();
      checksum.update(Buffer.from(content));
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ generation: "1", crc32c: checksum.toString() }));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe("the worker's bundle, under Functions Framework", () => {
  let role: RoleProcess;
  let bucket: Server;

  before(async () => {
    const { server, url } = await emptyBucket();
    bucket = server;
    const { folder } = await bundle("worker");
    role = await RoleProcess.start(folder, "worker", {
      WORKER_NAME: "brain",
      WORKER_PATH: "/process",
      AUDIENCE,
      CALLER_SA: CALLER,
      DELIVERIES_BUCKET: "p-worker-deliveries",
      PRIVATE: "true",
      STORAGE_EMULATOR_HOST: url,
      no_proxy: "127.0.0.1",
      NO_PROXY: "127.0.0.1",
    });
  });

  after(async () => {
    await role.stop("SIGKILL");
    bucket.close();
    bucket.closeAllConnections();
  });

  async function deliver(payload: object, headers: Record<string, string>) {
    const response = await fetch(`${role.url}/process`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-idempotency-key": "k", ...headers },
      body: JSON.stringify(payload),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  it("works for the caller that Cloud Run let through", async () => {
    const headers = { authorization: `Bearer ${await removed()}` };
    expect(await deliver({}, headers)).to.deep.equal({
      status: 200,
      body: { ok: true, worker: "brain", idempotency_key: "k", repeated: false },
    });
  });

  it("refuses no token with 401 and another caller with 403", async () => {
    expect((await deliver({}, {})).status).to.equal(401);
    const authorization = `Bearer ${await removed({ email: "x@p.iam.gserviceaccount.com" })}`;
    expect((await deliver({}, { authorization })).status).to.equal(403);
  });

  it("loads google-auth-library for a token with a signature, and waits for Google's certificates", async () => {
    const answer = await deliver({}, { authorization: `Bearer ${await idToken()}` });
    expect(answer.status).to.equal(503);
    expect(answer.body).to.have.nested.property("error.code", "certificates_unavailable");
  });

  it("finishes on SIGTERM what it has begun, and ends with 0", async () => {
    const headers = { authorization: `Bearer ${await removed()}`, "x-idempotency-key": "slow" };
    // The claim is made when the work begins.
    const begun = once(bucket, "request");
    const delivery = deliver({ simulate: { take_s: 0.5 } }, headers);
    await begun;
    const ended = role.stop("SIGTERM");
    expect((await delivery).status).to.equal(200);
    expect(await ended).to.equal(0);
  });
});
