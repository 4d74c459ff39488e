import { expect } from "chai";
import { once } from "node:events";
import net from "node:net";
import path from "node:path";
import { RoleProcess } from "../../../support/role-process.ts";

const SUPPORT = path.join(import.meta.dirname, "../../../support");
const POST = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };

const STARTS = {
  "under Functions Framework": () =>
    RoleProcess.start(path.join(SUPPORT, "crashing-role.ts"), "crashing", {}),
  "by itself": () => RoleProcess.startAlone(path.join(SUPPORT, "crashing-role-alone.ts"), {}),
};

for (const [how, start] of Object.entries(STARTS))
  describe(`serve, ${how}`, () => {
    let role: RoleProcess;

    beforeEach(async () => {
      role = await start();
    });

    afterEach(async () => {
      await role.stop("SIGKILL");
    });

    it("answers bytes that are not HTTP in the envelope", async () => {
      const socket = net.connect(Number(new URL(role.url).port), "127.0.0.1");
      socket.write("this is not HTTP\r\n\r\n");
      const [answer] = (await once(socket, "data")) as [Buffer];
      const [head = "", body = ""] = answer.toString().split("\r\n\r\n");
      expect(head).to.match(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/json/);
      expect(JSON.parse(body)).to.have.nested.property("error.code", "malformed_request");
      // This side closes nothing.
      await once(socket.resume(), "close");
    });

    it("keeps an idle connection longer than what stands before it", async () => {
      const { headers } = await fetch(`${role.url}/health`);
      expect(headers.get("keep-alive")).to.equal("timeout=620");
    });

    it("keeps what was thrown to itself", async () => {
      const response = await fetch(`${role.url}/throw`, POST);
      expect(response.status).to.equal(500);
      expect(await response.text()).not.to.include("secret");
      expect((await fetch(`${role.url}/health`)).status).to.equal(200);
    });

    for (const [where, message] of [
      ["/reject", "rejected on purpose"],
      ["/callback", "thrown on purpose"],
    ] as const) {
      it(`ends with 1 and a log entry after an error at ${where} that nothing handles`, async () => {
        const answer = await fetch(`${role.url}${where}`, POST).catch(() => "no answer");
        expect(answer).to.equal("no answer");
        expect(await role.ended).to.equal(1);
        const entry = role.entries.find(({ severity }) => severity === "CRITICAL");
        expect(entry?.stack_trace).to.include(message);
      });
    }

    it("answers a request without Host, which Node itself would refuse without a body", async () => {
      const socket = net.connect(Number(new URL(role.url).port), "127.0.0.1");
      socket.write("GET /nowhere HTTP/1.1\r\n\r\n");
      const [answer] = (await once(socket, "data")) as [Buffer];
      expect(answer.toString()).to.match(/^HTTP\/1\.1 404 [^]*"not_found"/);
      socket.destroy();
    });

    it("ends with 0 on SIGTERM while a connection is kept alive", async () => {
      await fetch(`${role.url}/health`);
      expect(await role.stop("SIGTERM")).to.equal(0);
    });
  });

describe("serve, by itself", () => {
  it("ends with 1 where its port is taken", async () => {
    const first = await RoleProcess.startAlone(path.join(SUPPORT, "crashing-role-alone.ts"), {});
    const second = await RoleProcess.startAlone(path.join(SUPPORT, "crashing-role-alone.ts"), {
      PORT: new URL(first.url).port,
    }).catch(String);
    await first.stop("SIGKILL");
    expect(second).to.match(/^Error: exit 1\n.*EADDRINUSE/);
  });
});
