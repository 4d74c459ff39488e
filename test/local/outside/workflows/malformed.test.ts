import { expect } from "chai";
import fc from "fast-check";
import { ManualClock } from "../../../../local/clock.ts";
import type { Headers } from "../../../../local/http/message.ts";
import { Workflows } from "../../../../local/outside/workflows/index.ts";
import { PROJECT, USER, WORKSPACE } from "./small-service.ts";

const PATHS = [
  "/events",
  "/events/stream",
  "/events/cursors",
  "/callbacks",
  "/callbacks/c1",
  "/callbacks/%",
  "/callbacks/%2e%2e%2f",
  "/projects/p1/consumer-lock/acquire",
  "/projects/p1/consumer-lock/release",
  "/projects/p1/consumer-lock/status",
  "/workspace/register",
  "/stand-in",
  "/stand-in/tool-calls",
  "/stand-in/faults",
  "//",
];

const FIELDS = [
  ..."id projectId sessionId source type create_time data background userId".split(" "),
  ..."eventId timestamp target workspaceId consumerId leaseMs force callback_url".split(" "),
  ..."user project workspace tool arguments fault of status times".split(" "),
];

const QUERIES = [
  ..."workspaceId since_id since_time heartbeat_ms ttl ttlMs heartbeat limit".split(" "),
  ..."sessionId projectId userId".split(" "),
];

const value = fc.oneof(
  fc.constantFrom(WORKSPACE, PROJECT, USER, "__proto__", "constructor", "1e400", "-1", "drop"),
  fc.string({ unit: "binary", maxLength: 20 }),
);
const json = fc.oneof(
  fc.dictionary(fc.constantFrom(...FIELDS), fc.oneof(value, fc.jsonValue({ maxDepth: 3 }))),
  fc.jsonValue(),
);
const body = fc.oneof(
  json.map((each) => Buffer.from(JSON.stringify(each))),
  fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
);
const name = fc.constantFrom(
  ..."last-event-id x-consumer-id x-lock-lease-ms x-lock-force authorization".split(" "),
  ..."content-type content-encoding x-user-id x-project-id".split(" "),
);
const headers = fc.array(fc.tuple(name, fc.oneof(value, fc.constant("application/json"))), {
  maxLength: 3,
});
const query = fc.dictionary(fc.constantFrom(...QUERIES), value, { maxKeys: 3 });
const path = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...PATHS) },
  { weight: 1, arbitrary: fc.webPath() },
);

describe("malformed requests to the workflows service", () => {
  it("never crash it, and are never answered 5xx", async () => {
    const property = fc.asyncProperty(
      fc.constantFrom("GET", "POST", "PUT", "DELETE", "HEAD"),
      path,
      query,
      headers,
      body,
      async (method, path, query, extra, body) => {
        const clock = new ManualClock();
        const workflows = new Workflows({ clock, log: () => undefined });
        workflows.makeWorkspace(USER, PROJECT, { id: WORKSPACE });
        const url = URL.parse(`http://flows${path}?${new URLSearchParams(query).toString()}`);
        if (url === null) return;
        const all: Headers = [
          ...extra,
          ["x-user-id", USER],
          ["x-project-id", PROJECT],
          ["content-type", "application/json"],
        ];
        const gone = new AbortController();
        const { status } = await workflows.send({
          method,
          url,
          headers: all,
          body,
          signal: gone.signal,
        });
        expect(status).to.be.within(200, 499);
        gone.abort();
        expect(workflows.streams).to.deep.equal([]);
      },
    );
    await fc.assert(property, { numRuns: 10_000 });
  });
});
