import { expect } from "chai";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ServiceOptions } from "../../../../local/host/service.ts";
import type { ServiceSpec } from "../../../../local/host/spec.ts";
import { Hosted, specOf } from "../hosted.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url);

describe("an instance with mounts", () => {
  let hosted: Hosted;
  /** What happened to its mounts, in order. */
  let mounts: string[];

  beforeEach(() => {
    mounts = [];
  });

  afterEach(() => hosted.stop());

  /** A program that starts itself, and answers with the variable and the argument that it was given. */
  function host(changes: Partial<ServiceSpec> = {}, options: Partial<ServiceOptions> = {}): Hosted {
    const folder = fileURLToPath(new URL("own-command", FIXTURES));
    const start = { command: ["node", "index.js", "/mnt/work/argument"] };
    const env = { WORK: "/mnt/work/variable", OTHER: "/mnt/workshop" };
    return new Hosted(specOf("own-command", { folder, start, env, ...changes }), {
      mount: () => {
        mounts.push("mounted");
        return Promise.resolve({
          placed: (text) => text.replace(/^\/mnt\/work\//, "/here/"),
          // What is left is written back, which takes a while.
          end: async () => {
            await delay(20);
            mounts.push("ended");
          },
        });
      },
      ...options,
    });
  }

  it("starts its command, in whose variables and arguments paths lead to the folders", async () => {
    hosted = host();
    const [status, answer] = await hosted.get("/");
    expect(status).to.equal(200);
    expect(JSON.parse(answer)).to.deep.equal({
      args: ["/here/argument"],
      work: "/here/variable",
      other: "/mnt/workshop",
      target: null,
    });
    expect(mounts).to.deep.equal(["mounted"]);
  });

  it("ends them after its process, which ended when it was idle", async () => {
    const ended = Promise.withResolvers<undefined>();
    hosted = host(
      {},
      {
        idleStopMs: 20,
        mount: () =>
          Promise.resolve({
            placed: (text) => text,
            end: () => {
              ended.resolve(undefined);
              return Promise.resolve();
            },
          }),
      },
    );
    await hosted.get("/");
    await ended.promise;
  });

  it("ends them where it is stopped, before the stop is over", async () => {
    hosted = host();
    await hosted.get("/");
    await hosted.stop();
    expect(mounts).to.deep.equal(["mounted", "ended"]);
  });

  it("ends them where its process never listens", async () => {
    hosted = host({ start: { command: ["node", "--eval", "process.exit(3)"] } });
    expect((await hosted.get("/"))[0]).to.equal(500);
    expect(mounts).to.deep.equal(["mounted", "ended"]);
  });

  it("is not started where they are refused", async () => {
    hosted = host({}, { mount: () => Promise.reject(new Error("no access to the bucket")) });
    expect((await hosted.get("/"))[0]).to.equal(500);
    expect(hosted.errors()[0]).to.equal(
      "sample: own-command: did not start: no access to the bucket",
    );
  });
});
