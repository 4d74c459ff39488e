import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { TestPlatform } from "../../support/platform.ts";
import { standIn } from "../../support/recorded.ts";
import { SHORT_RUNS, Workspace } from "./workspace.ts";

const HOST = "consumer.example.com";
const BUCKET = "switchyard-dev-producer-work";
const OBJECTS = `https://storage.googleapis.com/storage/v1/b/${BUCKET}/o`;
const UPLOADS = `https://storage.googleapis.com/upload/storage/v1/b/${BUCKET}/o?uploadType=media`;

interface Asked {
  readonly headers: IncomingMessage["headers"];
  readonly line: { readonly id: string; readonly tool_call: unknown };
}

describe("producer, with a consumer of one's own", () => {
  const asked: Asked[] = [];
  /** Ids of events that it has no answer for. */
  const poisoned = new Set<string>();
  let consumer: Server;
  let p: TestPlatform;

  before(async () => {
    consumer = createServer((request, response) => {
      void text(request).then((body) => {
        const line = JSON.parse(body) as Asked["line"];
        asked.push({ headers: request.headers, line });
        if (poisoned.has(line.id)) {
          response.writeHead(503).end();
          return;
        }
        const result = JSON.stringify({ id: line.id, result: { isOwn: true } });
        response.end(`ready 1\n{"id":"another","result":"not this"}\n${result}\n`);
      });
    });
    consumer.listen(0, "127.0.0.1");
    await once(consumer, "listening");
    const url = new URL(`http://127.0.0.1:${(consumer.address() as AddressInfo).port}`);
    p = new TestPlatform({
      config: { producerConsumerUrl: `https://${HOST}`, producerStorageDebug: true },
      env: { producer: { ...SHORT_RUNS.producer, EVENT_ATTEMPTS: "2" } },
      outside: [{ option: "--outside", name: HOST, url }],
    });
    await p.start();
  });

  after(async () => {
    await p.stop();
    consumer.close();
  });

  it("asks it with an ID token, the shared secret, and a token of one tenant", async () => {
    const workspace = new Workspace(p);
    const call = workspace.call("READ_FILE", { filepath: "a.txt" });
    await workspace.bridge([call]);
    expect(workspace.answers(call)).to.deep.equal([{ isOwn: true }]);
    const last = asked.at(-1);
    expect(last?.line).to.deep.include({
      id: call.eventId,
      tool_call: { function: { name: "READ_FILE", arguments: { filepath: "a.txt" } } },
    });
    const { authorization, ...headers } = last?.headers ?? {};
    expect(authorization).to.match(/^Bearer ey/);
    expect(headers["x-service-auth"]).to.equal(standIn("producerAuthToken"));

    const token = { authorization: `Bearer ${String(headers["x-gcs-token"])}` };
    const list = (prefix: string) => p.through(`${OBJECTS}?prefix=${prefix}`, { headers: token });
    const put = (name: string) =>
      p.through(`${UPLOADS}&name=${encodeURIComponent(name)}`, {
        method: "POST",
        headers: token,
        body: "x",
      });
    const get = (name: string) =>
      p.through(`${OBJECTS}/${encodeURIComponent(name)}`, { headers: token });
    const neighbour = `user-2/${workspace.project}/session/`;
    const asOwner = { method: "POST", body: "x" };
    for (const name of [`${neighbour}a.txt`, `user-1/other/session/a.txt`]) {
      await p.as("producer", `${UPLOADS}&name=${encodeURIComponent(name)}`, asOwner);
    }
    const statuses = async (...answers: Promise<{ readonly status: number }>[]) =>
      (await Promise.all(answers)).map(({ status }) => status);
    const own = workspace.prefix;
    expect(await statuses(put(`${own}a.txt`))).to.deep.equal([200]);
    expect(await statuses(get(`${own}a.txt`), list(own), list(`${own}deeper/`))).to.deep.equal([
      200, 200, 200,
    ]);
    // The neighbour, another project of its own, what merely begins alike, and everybody.
    const refused = [neighbour, "user-1/other/session/", own.slice(0, -1), "user-1/", ""];
    expect(await statuses(...refused.map(list))).to.deep.equal(refused.map(() => 403));
    const others = [`${neighbour}a.txt`, "user-1/other/session/a.txt", `${own.slice(0, -1)}x`];
    expect(await statuses(...others.map(get))).to.deep.equal([403, 403, 403]);
    expect(await statuses(...others.map(put))).to.deep.equal([403, 403, 403]);
    const { body } = await list(own);
    const { items } = body as { readonly items: readonly { readonly name: string }[] };
    expect(items.map(({ name }) => name)).to.deep.equal([`${own}a.txt`]);
    // The boundary, and of the token its shape.
    const printed = JSON.stringify(p.log);
    expect(printed)
      .to.include("The boundary of a storage token")
      .and.to.match(/"sha256":"\w{8}"/);
    for (const secret of [token.authorization, authorization]) {
      expect(printed).not.to.include(String(secret).slice("Bearer ".length));
    }
  });

  it("tries a poisoned event a few times, tells its workflow, and goes on with the next", async () => {
    const workspace = new Workspace(p);
    const [poison, next] = [
      workspace.call("READ_FILE", { filepath: "a.txt" }),
      workspace.call("READ_FILE", { filepath: "b.txt" }),
    ] as const;
    poisoned.add(poison.eventId);
    await workspace.bridge([poison, next]);
    expect(asked.filter(({ line }) => line.id === poison.eventId)).to.have.length(2);
    const [told] = workspace.answers(poison) as readonly { readonly error?: string }[];
    expect(told?.error).to.match(/^The tool was given up: /);
    expect(workspace.answers(next)).to.deep.equal([{ isOwn: true }]);
    expect(workspace.committed).to.deep.equal([poison.eventId, next.eventId]);

    poisoned.clear();
    await workspace.working(
      () => workspace.ask("dead-letters/resend", { eventIds: [poison.eventId] }),
      [],
      () => workspace.answers(poison).length === 2,
    );
    expect(workspace.answers(poison)[1]).to.deep.equal({ isOwn: true });
  });
});
