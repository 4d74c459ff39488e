import { expect } from "chai";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import http from "node:http";
import { once } from "node:events";
import path from "node:path";
import { CONTEXT, ConsumerServer } from "../../support/consumer-server.ts";

describe("the consumer", () => {
  let consumer: ConsumerServer;

  beforeEach(async () => {
    consumer = await ConsumerServer.start({ READ_FILE_MAX_BYTES: "10" });
    await mkdir(consumer.folder, { recursive: true });
  });

  afterEach(() => consumer.stop());

  describe("POST /sessions/stream", () => {
    it("refuses a request without user or project in the contract's words", async () => {
      const incomplete: Record<string, string>[] = [
        {},
        { "x-user-id": "u" },
        { "x-project-id": "p" },
      ];
      for (const headers of incomplete) {
        const response = await post(headers);
        expect([response.status, await response.json()]).to.deep.equal([
          400,
          { error: "missing userId/projectId" },
        ]);
      }
    });

    it("takes the context from the query where no header has it", async () => {
      const response = await post({}, "?userId=u1&projectId=p1&workspaceId=w1&sessionId=s1");
      expect(response.status).to.equal(200);
      expect(await response.text()).to.match(/^ready \d+\n$/);
    });

    it("says ready and ping as text, and ends the response with the body", async () => {
      const quick = await ConsumerServer.start({ EVENTS_HEARTBEAT_MS: "10" });
      const { port } = new URL(quick.url);
      const options = { port, method: "POST", path: "/sessions/stream", headers: CONTEXT };
      const request = http.request({ host: "127.0.0.1", ...options });
      request.write("\n");
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      let text = "";
      for await (const chunk of response) {
        text += String(chunk);
        if (/^ready .*\nping /m.test(text)) request.end();
      }
      // Pings begin before the folder is there.
      expect(text).to.match(/^(?:ping \d+\n)*ready \d+\n(?:ping \d+\n)+$/);
      expect(response.headers).to.include({
        "content-type": "application/x-ndjson; charset=utf-8",
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
      });
      await quick.stop();
    });

    it("answers each line of a body that does not end, as it comes", async () => {
      const { port } = new URL(consumer.url);
      const options = { port, method: "POST", path: "/sessions/stream", headers: CONTEXT };
      const request = http.request({ host: "127.0.0.1", ...options });
      const read = { function: { name: "READ_FILE", arguments: { filepath: "a" } } };
      request.write(`\n${JSON.stringify({ id: 1, tool_call: read })}\n`);
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      const answers: string[] = [];
      for await (const chunk of response) {
        const lines = String(chunk).split("\n");
        const found = lines.filter((line) => line.startsWith("{"));
        answers.push(...found);
        if (found.length > 0 && answers.length === 1) {
          request.write(`${JSON.stringify({ id: 2, tool_call: read })}\n`);
        }
        if (answers.length === 2) request.end();
      }
      const ids = answers.map((line) => (JSON.parse(line) as { id: number }).id);
      expect(ids).to.deep.equal([1, 2]);
    });

    it("asks for the shared secret in either header, and refuses in the contract's words", async () => {
      const guarded = await ConsumerServer.start({ SERVICE_AUTH_TOKEN: "secret" });
      const statusOf = async (headers: Record<string, string>) => {
        const response = await fetch(`${guarded.url}/sessions/stream`, {
          method: "POST",
          headers: { ...CONTEXT, ...headers },
          body: "",
        });
        return [response.status, response.status === 401 ? await response.text() : ""];
      };
      const refused = [401, '{"error":"unauthorized"}'];
      expect(await statusOf({})).to.deep.equal(refused);
      expect(await statusOf({ authorization: "Bearer other" })).to.deep.equal(refused);
      expect(await statusOf({ authorization: "Bearer secret" })).to.deep.equal([200, ""]);
      expect(
        await statusOf({ "x-service-auth": "secret", authorization: "Bearer id" }),
      ).to.deep.equal([200, ""]);
      await guarded.stop();
    });

    it("answers neither what is no JSON nor what asks for no tool", async () => {
      expect(await consumer.ask("nonsense", { hello: 1 }, "[]", "", "null")).to.deep.equal([]);
    });

    it("answers null without an error to a tool that it does not know", async () => {
      expect(await consumer.call("DANCE", {})).to.deep.equal({ result: null });
    });

    it("answers what is asked by any of the contract's names", async () => {
      await writeFile(path.join(consumer.folder, "a"), "x");
      const result = { filepath: "a", content: "x", truncated: false, bytes: 1 };
      const lines = [
        { event_id: "1", type: "CALLBACK", name: "read_file", args: { path: "a" } },
        { request_id: "2", tool: "READ_FILE", payload: { args: { file: "a" } } },
        { id: 3, kind: "tool", action: "READ_FILE", payload: { target: "a" } },
        { id: "4", tool: "READ_FILE", args: "filepath=a" },
        { id: "5", tool: "READ_FILE", args: '{"filepath":"a"}' },
      ];
      const answers = (await consumer.ask(...lines)) as { id: string | number; result: unknown }[];
      const sorted = answers.toSorted((a, b) => Number(a.id) - Number(b.id));
      expect(sorted).to.deep.equal(["1", "2", 3, "4", "5"].map((id) => ({ id, result })));
    });

    it("keeps each tenant's files apart, whatever its ids are made of", async () => {
      const write = { id: 1, tool: "UPDATE_FILE", args: { filepath: "a", content: "x" } };
      for (const id of ["..", "...", "a/b", "/"]) {
        const headers = { "x-user-id": id, "x-project-id": "..", "x-session-id": ".." };
        const response = await post(headers, "", JSON.stringify(write));
        expect(await response.text()).to.contain('"bytesWritten":1');
      }
      const made = ["_/_/ws/_/a", "a_b/_/ws/_/a"];
      for (const file of made) {
        expect(await readFile(path.join(consumer.root, file), "utf8")).to.equal("x");
      }
    });

    it("refuses another method, and ids that no header could hold", async () => {
      expect((await fetch(`${consumer.url}/sessions/stream`)).status).to.equal(405);
      const response = await post({}, `?userId=${encodeURIComponent("ü")}&projectId=p`);
      expect(response.status).to.equal(400);
    });
  });

  describe("GET /healthz", () => {
    it("is what the older consumer says", async () => {
      expect(await (await fetch(`${consumer.url}/healthz`)).json()).to.deep.equal({ ok: true });
    });
  });

  describe("READ_FILE", () => {
    it("cuts a file at the limit, and no character in two", async () => {
      await writeFile(path.join(consumer.folder, "a"), "123456789é");
      expect(await consumer.call("READ_FILE", { filepath: "a" })).to.deep.equal({
        result: { filepath: "a", content: "123456789", truncated: true, bytes: 11 },
      });
    });

    it("says what is missing or no file, and no path of this machine (defect 19)", async () => {
      await mkdir(path.join(consumer.folder, "d"));
      const answers = [{}, { filepath: "none" }, { filepath: "d" }].map((args) =>
        consumer.call("READ_FILE", args),
      );
      expect(await Promise.all(answers)).to.deep.equal([
        { result: null, error: "READ_FILE: missing filepath" },
        { result: null, error: "ENOENT: no such file or directory, open 'none'" },
        { result: null, error: "READ_FILE: not a file" },
      ]);
    });

    it("follows no path and no link out of the work folder", async () => {
      await writeFile(path.join(consumer.root, "secret"), "secret");
      await symlink(consumer.root, path.join(consumer.folder, "link"));
      await symlink(path.join(consumer.root, "secret"), path.join(consumer.folder, "leaf"));
      const paths = ["../secret", "/etc/hostname", "a/../b", "..\\x", "a\0b", ".", "./"];
      for (const filepath of [...paths, "link/secret", "leaf"]) {
        expect(await consumer.call("READ_FILE", { filepath }), filepath).to.deep.equal({
          result: null,
          error: "Path escapes workspace root",
        });
      }
    });

    it("takes two dots within a name for what they are", async () => {
      await writeFile(path.join(consumer.folder, "a..b"), "x");
      expect(await consumer.call("READ_FILE", { filepath: "a..b" })).to.have.nested.property(
        "result.content",
        "x",
      );
    });
  });

  describe("UPDATE_FILE", () => {
    it("writes, makes folders, and adds where it is asked to", async () => {
      const args = { filepath: "d/e/f", content: "é" };
      expect(await consumer.call("UPDATE_FILE", args)).to.deep.equal({
        result: { filepath: "d/e/f", bytesWritten: 2, append: false },
      });
      await consumer.call("UPDATE_FILE", { file: "d/e/f", data: "!", append: "true" });
      await consumer.call("UPDATE_FILE", { file: "d/e/g", data: "long" });
      await consumer.call("UPDATE_FILE", { file: "d/e/g", data: "s" });
      const content = (name: string) => readFile(path.join(consumer.folder, name), "utf8");
      expect([await content("d/e/f"), await content("d/e/g")]).to.deep.equal(["é!", "s"]);
    });

    it('takes "false" for what it says (defect 19)', async () => {
      await consumer.call("UPDATE_FILE", { filepath: "a", content: "1" });
      await consumer.call("UPDATE_FILE", { filepath: "a", content: "2", append: "false" });
      expect(await readFile(path.join(consumer.folder, "a"), "utf8")).to.equal("2");
      const args = { filepath: "none/a", content: "2", mkdirp: "false" };
      expect(await consumer.call("UPDATE_FILE", args)).to.deep.equal({
        result: null,
        error: "ENOENT: no such file or directory, open 'none/a'",
      });
    });

    it("follows no link out of the work folder, and makes no folder there", async () => {
      await symlink(consumer.root, path.join(consumer.folder, "link"));
      await symlink(path.join(consumer.root, "new"), path.join(consumer.folder, "leaf"));
      for (const filepath of ["link/a", "link/b/c", "leaf", "../a"]) {
        expect(await consumer.call("UPDATE_FILE", { filepath }), filepath).to.deep.equal({
          result: null,
          error: "Path escapes workspace root",
        });
      }
      expect(await consumer.call("UPDATE_FILE", {})).to.deep.equal({
        result: null,
        error: "UPDATE_FILE: missing filepath",
      });
    });
  });

  describe("RUN_COMMAND", () => {
    it("is refused where it is not enabled", async () => {
      expect(await consumer.call("RUN_COMMAND", { command: "id" })).to.deep.equal({
        result: null,
        error: "RUN_COMMAND: not enabled here",
      });
    });
  });

  async function post(headers: Record<string, string>, query = "", body = ""): Promise<Response> {
    return fetch(`${consumer.url}/sessions/stream${query}`, { method: "POST", headers, body });
  }
});

describe("RUN_COMMAND, where it is enabled", () => {
  let consumer: ConsumerServer;

  before(async () => {
    consumer = await ConsumerServer.start({ RUN_COMMAND_ENABLED: "1", OUTPUT_MAX_BYTES: "100" });
  });

  after(() => consumer.stop());

  it("answers what a command wrote, whatever its end", async () => {
    const command = "echo out; echo err >&2; exit 3";
    expect(await consumer.call("RUN_COMMAND", { cmd: command, timeoutSeconds: 5 })).to.deep.equal({
      result: { command, output: "out\n", error: "err\n", exitCode: 3, timeoutMs: 5_000 },
    });
  });

  it("takes too long as a result, and ends all that the command started", async () => {
    const command = "(sleep 50; touch late) & sleep 50";
    expect(await consumer.call("RUN_COMMAND", { command, timeoutSeconds: 1 })).to.deep.equal({
      result: {
        command,
        output: "",
        error: `Command failed: ${command}`,
        exitCode: 1,
        timeoutMs: 1_000,
      },
    });
  });

  it("keeps the beginning and the end of a long output", async () => {
    const command = "seq 100";
    const whole = Array.from({ length: 100 }, (_, at) => `${at + 1}\n`).join("");
    const output = `${whole.slice(0, 60)}\n... [${whole.length - 90} bytes truncated] ...\n${whole.slice(-30)}`;
    expect(await consumer.call("RUN_COMMAND", { command })).to.have.nested.property(
      "result.output",
      output,
    );
  });

  it("reaches no network, no environment of ours, and no other folder (defect 19)", async () => {
    await mkdir(path.join(consumer.root, "u2"), { recursive: true });
    const looks = [
      "grep -c : /proc/net/dev; cat /proc/net/route | wc -l",
      "env | cut -d= -f1 | sort | tr '\\n' ' '",
      `ls ${consumer.root}`,
      "cat /proc/1/environ | tr '\\0' '\\n' | cut -d= -f1 | sort | tr '\\n' ' '",
    ];
    const answers = await Promise.all(
      looks.map((command) => consumer.call("RUN_COMMAND", { command })),
    );
    const outputs = answers.map(
      (answer) => (answer as { result: { output: string } }).result.output,
    );
    expect(outputs).to.deep.equal([
      "1\n0\n",
      "HOME LANG OLDPWD PATH PWD TMPDIR ",
      "u1\n",
      "HOME LANG OLDPWD PATH PWD TMPDIR ",
    ]);
  });

  it("says what is missing", async () => {
    expect(await consumer.call("RUN_COMMAND", {})).to.deep.equal({
      result: null,
      error: "RUN_COMMAND: missing command",
    });
  });
});
