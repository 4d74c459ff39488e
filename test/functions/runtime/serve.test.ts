import { expect } from "chai";
import { once } from "node:events";
import net from "node:net";
import path from "node:path";
import { RoleProcess } from "../../support/role-process.ts";

const CRASHING = path.join(import.meta.dirname, "../../support/crashing-role.ts");
const POST = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };

describe("serve, under Functions Framework", () => {
  let role: RoleProcess;

  beforeEach(async () => {
    role = await RoleProcess.start(CRASHING, "crashing", {});
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

  it("ends with 0 on SIGTERM while a connection is kept alive", async () => {
    await fetch(`${role.url}/health`);
    expect(await role.stop("SIGTERM")).to.equal(0);
  });
});
