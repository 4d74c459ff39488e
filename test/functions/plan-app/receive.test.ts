import { expect } from "chai";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import type { AddressInfo } from "node:net";
import { receive, webhook } from "../../../functions/plan-app/receive.ts";
import { HttpError } from "../../../functions/runtime/errors.ts";
import { createListener } from "../../../functions/runtime/door/http-handler.ts";
import { GUID, HEAD, PlanAppWorld } from "../../support/plan-app-ports.ts";
import {
  headersOf,
  pullRequestEvent,
  signatureOf,
  WITH_REPOSITORY,
} from "../../support/webhooks.ts";

describe("plan-app over HTTP", () => {
  let world: PlanAppWorld;
  let server: http.Server;
  let origin: string;
  const lines: Record<string, unknown>[] = [];

  before(async () => {
    const listener = createListener({
      role: "plan-app",
      hasHealthz: true,
      write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
      routes: {
        "/webhook": {
          ...webhook(new PlanAppWorld()),
          handle: (sent) => webhook(world).handle(sent),
        },
      },
    });
    server = http.createServer(listener);
    await once(server.listen(0, "127.0.0.1"), "listening");
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(() => {
    server.close();
    server.closeAllConnections();
  });

  beforeEach(() => {
    world = new PlanAppWorld();
    lines.length = 0;
  });

  async function send(
    path: string,
    method: string,
    headers: Record<string, string>,
    body?: string,
  ) {
    const response = await fetch(`${origin}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  function deliver(event: string, payload: object, headers: Record<string, string> = {}) {
    const body = JSON.stringify(payload);
    return send("/webhook", "POST", { ...headersOf(event, body), ...headers }, body);
  }

  const codeOf = (text: string): unknown =>
    (JSON.parse(text) as { error: { code: string } }).error.code;

  const OPENED = pullRequestEvent("opened");
  const BODY = JSON.stringify(OPENED);
  const HEADERS: Record<string, string> = headersOf("pull_request", BODY);
  const without = (name: string) =>
    Object.fromEntries(Object.entries(HEADERS).filter(([each]) => each !== name));

  it("answers GET /healthz with ok", async () => {
    const { status, text } = await send("/healthz", "GET", {});
    expect([status, text]).to.deep.equal([200, "ok"]);
  });

  it("answers 202 once the requests are published, and remembers the delivery after that", async () => {
    const { status, text } = await deliver("pull_request", OPENED);
    expect([status, text]).to.deep.equal([202, "ok\n"]);
    expect(world.done).to.deep.equal(["check plan", "publish", "remember"]);
  });

  it("ignores a query", async () => {
    const { status } = await send("/webhook?x=1", "POST", HEADERS, BODY);
    expect(status).to.equal(202);
  });

  const nowhere: [method: string, path: string][] = [
    ["GET", "/webhook"],
    ["PUT", "/webhook"],
    ["DELETE", "/webhook"],
    ["POST", "/webhook/"],
    ["POST", "/"],
    ["GET", "/"],
    ["POST", "/pubsub/push"],
  ];
  for (const [method, path] of nowhere) {
    it(`answers ${method} ${path} with 404`, async () => {
      const body = method === "GET" ? undefined : BODY;
      const { status, text } = await send(path, method, HEADERS, body);
      expect([status, codeOf(text)]).to.deep.equal([404, "not_found"]);
    });
  }

  const refused: [what: string, headers: Record<string, string>, body: string, number, string][] = [
    [
      "a form",
      { ...HEADERS, "content-type": "application/x-www-form-urlencoded" },
      BODY,
      415,
      "unsupported_media_type",
    ],
    ["no event", without("x-github-event"), BODY, 400, "missing_header"],
    ["no delivery", without("x-github-delivery"), BODY, 400, "missing_header"],
    ["no signature", without("x-hub-signature-256"), BODY, 400, "missing_header"],
    [
      "the old signature alone",
      { ...without("x-hub-signature-256"), "x-hub-signature": `sha1=${"0".repeat(40)}` },
      BODY,
      400,
      "missing_header",
    ],
    [
      "a delivery that is no GUID",
      { ...HEADERS, "x-github-delivery": "../leases/x" },
      BODY,
      400,
      "invalid_header",
    ],
    [
      "a malformed signature",
      { ...HEADERS, "x-hub-signature-256": "sha256=xyz" },
      BODY,
      401,
      "bad_signature",
    ],
    ["another body's signature", HEADERS, `${BODY} `, 401, "bad_signature"],
    [
      "another secret's signature",
      { ...HEADERS, "x-hub-signature-256": signatureOf(BODY, "guess") },
      BODY,
      401,
      "bad_signature",
    ],
    ["a signed text that is not JSON", headersOf("ping", "{"), "{", 400, "malformed_json"],
    ["a signed empty body", headersOf("ping", ""), "", 400, "malformed_json"],
    ["a signed list", headersOf("ping", "[]"), "[]", 422, "invalid_body"],
    [
      "a signed event without what it must have",
      headersOf("pull_request", '{"action":"opened"}'),
      '{"action":"opened"}',
      422,
      "invalid_field",
    ],
  ];
  for (const [what, headers, body, status, code] of refused) {
    it(`answers ${what} with ${status}, and does nothing`, async () => {
      const answer = await send("/webhook", "POST", headers, body);
      expect([answer.status, codeOf(answer.text)]).to.deep.equal([status, code]);
      expect([...world.asked, ...world.done]).to.deep.equal([]);
    });
  }

  for (const [what, header, value, expected] of [
    ["a header missing", "x-hub-signature-256", undefined, "400"],
    ["a delivery that is no GUID", "x-github-delivery", "1", "400"],
    ["a malformed signature", "x-hub-signature-256", "sha256=xyz", "401"],
    ["another type", "content-type", "text/plain", "415"],
  ] as const) {
    it(`answers ${what} before it has read any body`, async () => {
      const headers: Record<string, string | undefined> = { ...HEADERS, [header]: value };
      const head = Object.entries(headers)
        .filter(([, each]) => each !== undefined)
        .map(([name, each]) => `${name}: ${each}\r\n`);
      const socket = net.connect((server.address() as AddressInfo).port, "127.0.0.1");
      socket.write(
        `POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n${head.join("")}\r\n`,
      );
      const [chunk] = (await once(socket, "data")) as [Buffer];
      expect(chunk.toString().slice(9, 12)).to.equal(expected);
      socket.destroy();
    });
  }

  it("names every header that is missing", async () => {
    const { text } = await send("/webhook", "POST", { "content-type": "application/json" }, BODY);
    expect(text).to.include("x-github-event, x-hub-signature-256, x-github-delivery");
  });

  it("answers events of no interest with 200 and asks nobody", async () => {
    for (const [event, action] of [
      ["pull_request", "closed"],
      ["pull_request", "converted_to_draft"],
      ["push", undefined],
      ["issue_comment", "edited"],
      ["check_run", "completed"],
      ["check_suite", "requested"],
      ["of the future", "constructor"],
    ]) {
      const { status, text } = await deliver(event ?? "", { action, ...WITH_REPOSITORY });
      expect([event, status, text]).to.deep.equal([event, 200, "ok\n"]);
    }
    expect(world.asked).to.deep.equal([]);
  });

  for (const [what, event, payload, message] of [
    [
      "a missing member",
      "pull_request",
      pullRequestEvent("opened", { head: { ref: "topic" } }),
      "`pull_request.head.sha` is required.",
    ],
    [
      "a missing object",
      "issue_comment",
      { action: "created", ...WITH_REPOSITORY },
      "`issue` is required.",
    ],
    [
      "a member that is wrong",
      "pull_request",
      pullRequestEvent("opened", { head: { ref: "topic", sha: "abc" } }),
      "`pull_request.head.sha` must be a full commit id in lower-case hexadecimal.",
    ],
  ] as const) {
    it(`says which it is of ${what}`, async () => {
      const { status, text } = await deliver(event, payload);
      expect(status).to.equal(422);
      expect(JSON.parse(text)).to.have.nested.property("error.message", message);
    });
  }

  it("answers a delivery that it has seen with 200, however its GUID is written", async () => {
    await deliver("pull_request", OPENED);
    const again = await deliver("pull_request", OPENED, {
      "x-github-delivery": GUID.toUpperCase(),
    });
    expect([again.status, again.text]).to.deep.equal([200, "ok\n"]);
    expect(world.published).to.have.length(1);
  });

  it("answers 200 where nothing is to be planned, and does not remember that", async () => {
    world.changed = [{ path: "README.md", isRemoved: false }];
    expect((await deliver("pull_request", OPENED)).status).to.equal(200);
    expect(world.done).to.deep.equal([]);
  });

  for (const call of ["isKnown", "open", "changes", "finished", "setCheck", "publish"]) {
    it(`answers 503 with Retry-After where ${call} fails, and takes the redelivery`, async () => {
      world.failures.set(
        call,
        new HttpError(503, "unavailable", "Down.", { retryAfterSeconds: 9 }),
      );
      const { status, headers } = await deliver("pull_request", OPENED);
      expect([status, headers.get("retry-after")]).to.deep.equal([503, "9"]);
      expect(world.seen.size).to.equal(0);
      world.failures.clear();
      expect((await deliver("pull_request", OPENED)).status).to.equal(202);
      expect(world.planned).to.deep.equal(["."]);
    });
  }

  it("answers 202 where the delivery cannot be remembered: its messages are published", async () => {
    world.failures.set("remember", new Error("down"));
    expect((await deliver("pull_request", OPENED)).status).to.equal(202);
    expect(lines.find(({ severity }) => severity === "WARNING")?.message).to.include("remembered");
  });

  for (const call of ["isKnown", "open", "changes", "finished", "setCheck", "publish"]) {
    it(`answers 503 in time where ${call} hangs, publishes nothing after that, and takes the redelivery`, async () => {
      const release = world.hang(call);
      const { status, headers, text } = await deliver("pull_request", OPENED);
      expect([status, headers.get("retry-after")]).to.deep.equal([503, "10"]);
      expect(text).to.include("redeliver");
      const known = world.published.length;
      release();
      await new Promise(setImmediate);
      // What was on its way to the topic cannot be called back.
      expect(world.published.length - known).to.equal(call === "publish" ? 1 : 0);
      expect((await deliver("pull_request", OPENED)).status).to.equal(202);
    });
  }

  for (const [call, failing, status] of [
    ["isKnown", undefined, 202],
    ["setCheck", undefined, 202],
    ["publish", undefined, 202],
    ["remember", undefined, 202],
    ["settleCheck", "publish", 503],
  ] as const) {
    it(`answers ${status} only once ${call} is done, while there is time`, async () => {
      const release = world.hang(call, { ends: false });
      if (failing !== undefined) world.failures.set(failing, new HttpError(503, "down", "Down."));
      let isAnswered = false;
      const incoming = { headers: HEADERS, body: Buffer.from(BODY), log: () => undefined };
      const answered = receive(incoming, world)
        .catch((error: unknown) => error)
        .finally(() => (isAnswered = true));
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
      expect([world.asked.includes(call), isAnswered]).to.deep.equal([true, false]);
      release();
      expect(await answered).to.include({ status });
    });
  }

  it("answers 202 where remembering the delivery hangs, and warns", async () => {
    world.hang("remember");
    expect((await deliver("pull_request", OPENED)).status).to.equal(202);
    expect(lines.find(({ severity }) => severity === "WARNING")?.message).to.include("remembered");
  });

  describe("where a plan could not be queued", () => {
    const down = new HttpError(503, "unavailable", "Down.");
    const standings = () => new Map(world.checks.map(([, name, state]) => [name, state]));
    const titles = () => [...standings()].map(([name, { title }]) => `${name}: ${title}`);
    const opened = async () => (await deliver("pull_request", OPENED)).status;

    it("says so in its check", async () => {
      world.failures.set("publish", down);
      expect(await opened()).to.equal(503);
      const { title, summary, ...rest } = standings().get("plan") ?? {};
      expect([title, rest]).to.deep.equal([
        "Not queued",
        { status: "completed", conclusion: "cancelled" },
      ]);
      expect(summary).to.include("/plan").and.include("Re-run");
    });

    it("says so in its check after the answer, where that had to be given before", async () => {
      world.hang("publish");
      expect(await opened()).to.equal(503);
      expect(titles()).to.deep.equal(["plan: Not queued"]);
    });

    it("says so in all checks that were queued, whatever failed after them", async () => {
      world.changed = ["a", "b"].map((dir) => ({ path: `${dir}/x.tf`, isRemoved: false }));
      world.afterCheck = () => world.failures.set("finished", down);
      expect(await opened()).to.equal(503);
      expect(titles()).to.deep.equal(["plan: a: Not queued", "plan: b: Not queued"]);
    });

    it("says nothing in checks that were not queued", async () => {
      world.changed = Array.from({ length: 12 }, (_, index) => ({
        path: `d${index}/x.tf`,
        isRemoved: false,
      }));
      world.afterCheck = () => world.failures.set("setCheck", down);
      expect(await opened()).to.equal(503);
      expect(titles()).to.have.length(10);
      expect(new Set([...standings().values()].map(({ title }) => title))).to.deep.equal(
        new Set(["Not queued"]),
      );
    });

    it("answers the same where that cannot be said, and warns", async () => {
      world.failures.set("publish", down).set("settleCheck", new Error("no"));
      expect(await opened()).to.equal(503);
      const warning = lines.find(({ severity }) => severity === "WARNING");
      expect(warning).to.include({ delivery: GUID });
      expect(warning?.message).to.include("taken back");
    });

    it("does not wait for that for longer than GitHub does", async () => {
      world.failures.set("publish", down);
      world.hang("settleCheck");
      expect(await opened()).to.equal(503);
    });
  });

  const membersOf = (message: string) => lines.find((line) => line.message === message);

  it("logs the event and each plan with the documented members", async () => {
    await deliver("pull_request", OPENED);
    expect(membersOf("webhook received")).to.include({
      severity: "INFO",
      event: "pull_request",
      action: "opened",
      delivery: GUID,
      repo: "octo/infra",
      pr_number: 7,
      head_sha: HEAD,
    });
    expect(membersOf("plan job enqueued")).to.include({
      severity: "INFO",
      topic: "plan",
      pr: 7,
      plan_id: "pr-7-aaaaaaa",
    });
  });

  it("logs ping and installations with the documented members", async () => {
    const account = { login: "octo" };
    const names = (name: string) => [{ id: 1, full_name: name }];
    await deliver("ping", { zen: "Keep it logically awesome." });
    await deliver("installation", { action: "created", installation: { id: 42, account } });
    await deliver("installation_repositories", {
      action: "added",
      installation: { id: 42, account },
      repositories_added: names("octo/a"),
      repositories_removed: names("octo/b"),
    });
    await deliver("installation", { action: "deleted", installation: { id: 43, account } });
    await deliver("installation_repositories", {
      action: "removed",
      installation: { id: 44, account },
      repositories_removed: names("octo/c"),
    });
    expect(lines[0]).to.include({ event: "ping", delivery: GUID });
    expect(lines[1]).to.include({ event: "installation", installation_id: 42, account: "octo" });
    expect(lines[2]).to.deep.include({
      installation_id: 42,
      repos_added: ["octo/a"],
      repos_removed: ["octo/b"],
    });
    expect(lines[3]).to.include({ event: "installation", installation_id: 43, account: "octo" });
    expect(lines[4]).to.deep.include({
      event: "installation_repositories",
      installation_id: 44,
      repos_added: [],
      repos_removed: ["octo/c"],
    });
  });
});
