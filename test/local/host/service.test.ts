import { expect } from "chai";
import { Readable } from "node:stream";
import type { ServiceOptions } from "../../../local/host/service.ts";
import type { ServiceSpec } from "../../../local/host/spec.ts";
import { gone } from "../../support/processes.ts";
import { Hosted, specOf } from "./hosted.ts";

const BROKEN =
  "The request failed because either the HTTP response was malformed or connection to the instance had an error.\n";
const NO_INSTANCE = "The request was aborted because there was no available instance.\n";

describe("function host", () => {
  const running: Hosted[] = [];

  function host(
    changes: Partial<ServiceSpec> = {},
    options: Partial<ServiceOptions> = {},
    fixture = "everything",
  ): Hosted {
    const hosted = new Hosted(specOf(fixture, changes), options);
    running.push(hosted);
    return hosted;
  }

  afterEach(() => Promise.all(running.splice(0).map((hosted) => hosted.stop())));

  describe("a request", () => {
    it("is answered by the function", async () => {
      expect(await host().get("/ok")).to.deep.equal([200, "ok"]);
    });

    it("arrives with method, headers, host and body", async () => {
      const [, answer] = await host().get("/echo", {
        method: "DELETE",
        headers: [
          ["X-Idempotency-Key", "k-1"],
          ["Content-Type", "text/plain"],
        ],
        body: Readable.from([Buffer.from("streamed")]),
      });
      const { method, headers, body } = JSON.parse(answer) as Record<string, unknown>;
      expect({ method, body }).to.deep.equal({ method: "DELETE", body: "streamed" });
      expect(headers).to.include({
        "x-idempotency-key": "k-1",
        host: "everything-123.us-central1.run.app",
      });
    });

    it("starts one instance for a burst, which shares it up to the concurrency", async () => {
      const hosted = host({ concurrency: 3 });
      const pids = await Promise.all([1, 2, 3].map(() => hosted.get("/pid")));
      expect(new Set(pids.map(([, pid]) => pid)).size).to.equal(1);
      expect(hosted.messages().filter((line) => line.includes("cold start took"))).to.have.length(
        1,
      );
    });

    it("starts as many instances as a burst above the concurrency needs", async () => {
      const hosted = host({ concurrency: 1 });
      const held = [hosted.get("/hold"), hosted.get("/hold")];
      await hosted.logged("holding", 2);
      expect(hosted.messages().filter((line) => line.includes("cold start took"))).to.have.length(
        2,
      );
      await hosted.stop();
      await Promise.all(held);
    });
  });

  describe("a function that crashes at start", () => {
    it("is 500 for every request that waited, and the log says which and how", async () => {
      const hosted = host({}, {}, "crash-at-start");
      const answers = await Promise.all([hosted.get("/"), hosted.get("/")]);
      const expected = [
        500,
        "The request failed because the instance could not start successfully.\n",
      ];
      expect(answers).to.deep.equal([expected, expected]);
      expect(hosted.errors()).to.include.members([
        "sample: crash-at-start: did not start: it ended before it listened on its port (exit code 1)",
        "sample: crash-at-start: answered 500: it ended before it listened on its port (exit code 1)",
      ]);
      expect(hosted.messages().some((line) => line.includes("no such setting"))).to.equal(true);
    });

    it("is started again by the next request", async () => {
      const hosted = host({}, {}, "crash-at-start");
      await hosted.get("/");
      await hosted.get("/");
      expect(hosted.errors().filter((line) => line.includes("did not start"))).to.have.length(2);
    });
  });

  it("answers 503 for a function that does not listen within the startup probe's time", async () => {
    const hosted = host({}, { startupTimeoutMs: 300 }, "never-listens");
    expect(await hosted.get("/")).to.deep.equal([
      503,
      "The request failed because the instance failed the readiness check.\n",
    ]);
    expect(hosted.errors()).to.deep.equal([
      "sample: never-listens: did not start: it did not listen on its port within 0.3 s",
      "sample: never-listens: answered 503: it did not listen on its port within 0.3 s",
    ]);
  });

  describe("a function that ends in the middle of a request", () => {
    it("is 503, and the log says how it ended", async () => {
      const hosted = host();
      expect(await hosted.get("/die")).to.deep.equal([503, BROKEN]);
      expect(hosted.errors()).to.have.members([
        "sample: everything: the process ended by itself (SIGKILL)",
        "sample: everything: answered 503: the process ended (SIGKILL)",
      ]);
    });

    it("is the framework's 500 where it exits by itself", async () => {
      const hosted = host();
      expect((await hosted.get("/exit"))[0]).to.equal(500);
      await hosted.logged("everything: the process ended by itself (exit code 7)");
    });

    it("is started again for requests that waited for a slot", async () => {
      const hosted = host({ concurrency: 1, maxInstances: 1 });
      const answers = await Promise.all([hosted.get("/die"), hosted.get("/ok")]);
      expect(answers).to.deep.equal([
        [503, BROKEN],
        [200, "ok"],
      ]);
    });

    it("breaks the connection off where the answer had begun", async () => {
      const hosted = host();
      const failure = await hosted.get("/exit-halfway").catch((error: unknown) => error);
      expect(failure).to.be.an("error");
      await hosted.logged("the process ended by itself (SIGKILL)");
      await hosted.logged("an answer broke off halfway");
    });
  });

  it("is started again by the next request after it was killed in the middle of another", async () => {
    const hosted = host();
    const [, first] = await hosted.get("/pid");
    const held = hosted.get("/hold");
    await hosted.service.kill();
    expect(await held).to.deep.equal([503, BROKEN]);
    const [status, second] = await hosted.get("/pid");
    expect({ status, isAnother: second !== first }).to.deep.equal({ status: 200, isAnother: true });
  });

  describe("a function that hangs", () => {
    it("is 504 after its timeout, and its instance is kept", async () => {
      const hosted = host({ timeoutSeconds: 2 });
      const [, before] = await hosted.get("/pid");
      expect(await hosted.get("/hang")).to.deep.equal([
        504,
        "The request has been terminated because it has reached the maximum request timeout.\n",
      ]);
      expect(await hosted.get("/pid")).to.deep.equal([200, before]);
      expect(hosted.errors()).to.deep.equal([
        "sample: everything: answered 504: no answer within 2 s",
      ]);
    });

    it("frees its slot when the sender goes away", async () => {
      const hosted = host({ concurrency: 1, maxInstances: 1 });
      const sender = new AbortController();
      const held = hosted.get("/hold", { signal: sender.signal }).catch((error: unknown) => error);
      await hosted.logged("holding");
      sender.abort();
      expect(await held).to.have.property("name", "AbortError");
      expect(await hosted.get("/ok")).to.deep.equal([200, "ok"]);
      expect(hosted.errors()).to.deep.equal([]);
    });
  });

  it("sends a request again that met the close of a kept connection", async () => {
    const hosted = host();
    expect(await hosted.get("/close-at-next")).to.deep.equal([200, "ok"]);
    expect(await hosted.get("/ok")).to.deep.equal([200, "ok"]);
    expect(hosted.errors()).to.deep.equal([]);
  });

  it("answers 503 for an answer that is not HTTP", async () => {
    const hosted = host();
    expect(await hosted.get("/garbage")).to.deep.equal([503, BROKEN]);
    expect(hosted.errors()[0]).to.match(/^sample: everything: answered 503: Parse Error/);
    expect(await hosted.get("/ok")).to.deep.equal([200, "ok"]);
  });

  describe("with all instances busy", () => {
    it("refuses a request with 429 when it has waited for the queue timeout", async () => {
      const hosted = host({ concurrency: 1, maxInstances: 1 }, { queueTimeoutMs: 50 });
      const held = hosted.get("/hold");
      await hosted.logged("holding");
      expect(await hosted.get("/ok")).to.deep.equal([429, NO_INSTANCE]);
      expect(hosted.errors()).to.deep.equal([
        "sample: everything: answered 429: all 1 instances are busy",
      ]);
      await hosted.stop();
      await held;
    });

    it("serves a waiting request as soon as a slot is free", async () => {
      const hosted = host({ concurrency: 2, maxInstances: 1 });
      const held = hosted.get("/hold");
      await hosted.logged("holding");
      const [letGo, waited] = await Promise.all([hosted.get("/let-go"), hosted.get("/ok")]);
      expect([letGo, waited, await held]).to.deep.equal([
        [200, "ok"],
        [200, "ok"],
        [200, "held"],
      ]);
    });

    it("does not count the time of a cold start", async () => {
      const hosted = host({ concurrency: 1, maxInstances: 1 }, { queueTimeoutMs: 1 });
      expect(await hosted.get("/ok")).to.deep.equal([200, "ok"]);
    });
  });

  describe("another revision", () => {
    it("takes new requests while those under way end on the old one", async () => {
      const hosted = host({ env: { REVISION: "old" } });
      const held = hosted.get("/hold");
      await hosted.logged("holding");
      hosted.service.replace(specOf("everything", { env: { REVISION: "new" } }));
      expect(await hosted.get("/revision")).to.deep.equal([200, "new"]);
      const old = hosted.get("/hold");
      await hosted.logged("holding", 2);
      await hosted.get("/let-go");
      expect(await old).to.deep.equal([200, "new"]);
      await hosted.stop();
      await held;
    });

    it("serves the requests that waited for the old one", async () => {
      const hosted = host({ concurrency: 1, maxInstances: 1, env: { REVISION: "old" } });
      const held = hosted.get("/hold");
      await hosted.logged("holding");
      const waiting = hosted.get("/revision");
      const changes = { concurrency: 1, maxInstances: 1, env: { REVISION: "new" } };
      hosted.service.replace(specOf("everything", changes));
      expect(await waiting).to.deep.equal([200, "new"]);
      await hosted.stop();
      await held;
    });

    it("serves the requests that waited for the old one's start", async () => {
      const hosted = host({ env: { REVISION: "old" } });
      const waiting = hosted.get("/revision");
      hosted.service.replace(specOf("everything", { env: { REVISION: "new" } }));
      expect(await waiting).to.deep.equal([200, "new"]);
    });

    it("gives up the old one's start, though that would never end", async () => {
      const hosted = host({}, {}, "never-listens");
      const waiting = hosted.get("/ok");
      hosted.service.replace(specOf("everything"));
      expect((await waiting)[0]).to.equal(200);
      expect(hosted.errors()).to.deep.equal([]);
    });

    it("ends an idle instance of the old one", async () => {
      const hosted = host();
      const [, pid] = await hosted.get("/pid");
      hosted.service.replace(specOf("everything", { env: { REVISION: "new" } }));
      await gone(Number(pid));
    });
  });

  describe("an instance", () => {
    it("ends when it has been idle, and the next request starts another", async () => {
      const hosted = host({}, { idleStopMs: 20 });
      const [, pid] = await hosted.get("/pid");
      await gone(Number(pid));
      const [status, next] = await hosted.get("/pid");
      expect(status).to.equal(200);
      expect(next).not.to.equal(pid);
      expect(hosted.errors()).to.deep.equal([]);
    });

    it("ends with the service, though it is starting or a request hangs", async () => {
      const [starting, hanging] = [host(), host()];
      const held = hanging.get("/hold");
      await hanging.logged("holding");
      const waiting = starting.get("/ok");
      await Promise.all([starting.stop(), hanging.stop()]);
      expect(await waiting).to.deep.equal([429, NO_INSTANCE]);
      await held;
      expect([...starting.errors(), ...hanging.errors()]).to.deep.equal([]);
    });

    it("is killed where it does not end within the grace", async () => {
      const hosted = host();
      const [, pid] = await hosted.get("/stubborn");
      await hosted.service.stop(50);
      await gone(Number(pid));
    });

    it("takes its children along", async () => {
      const hosted = host();
      const [, pid] = await hosted.get("/spawn");
      await hosted.stop();
      await gone(Number(pid));
    });

    it("finds its own variables, Cloud Run's and the ones it is given, and nothing else", async () => {
      process.env.A_SECRET_OF_THE_DEVELOPER = "x";
      const given = { PATH: process.env.PATH, GIVEN: "yes" };
      const hosted = host({ env: { OWN: "1", PORT: "1" } }, { environment: () => given });
      const [, answer] = await hosted.get("/environment");
      delete process.env.A_SECRET_OF_THE_DEVELOPER;
      const { PORT, ...variables } = JSON.parse(answer) as Record<string, string>;
      // What the shell of the guard sets for itself.
      const ofTheShell = ["PWD", "OLDPWD", "SHLVL", "_"];
      const found = Object.fromEntries(
        Object.entries(variables).filter(([name]) => !ofTheShell.includes(name)),
      );
      expect(Number(PORT)).to.be.greaterThan(1024);
      expect(found).to.deep.equal({
        ...given,
        OWN: "1",
        K_SERVICE: "everything",
        K_REVISION: "everything-00001-loc",
        K_CONFIGURATION: "everything",
        FUNCTION_TARGET: "everything",
        FUNCTION_SIGNATURE_TYPE: "http",
        NODE_ENV: "production",
      });
    });

    it("speaks in the log as Cloud Logging would read it", async () => {
      const hosted = host();
      await hosted.get("/log");
      await hosted.logged("plain");
      expect(hosted.log.filter(({ severity }) => severity !== "DEBUG")).to.deep.equal([
        { source: "sample", severity: "WARNING", message: "careful", fields: { count: 3 } },
        { source: "sample", severity: "ERROR", message: "plain" },
      ]);
    });
  });
});
