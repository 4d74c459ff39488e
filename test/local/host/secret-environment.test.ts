import { expect } from "chai";
import { ApiError } from "../../../local/errors.ts";
import { secretEnvironment } from "../../../local/host/secret-environment.ts";
import { Hosted, specOf } from "./hosted.ts";

const TOKEN = "projects/demo/secrets/token/versions/latest";

describe("the secret variables of a function", () => {
  const spec = specOf("everything", { secretEnv: { TOKEN } });

  it("are read as its service account", () => {
    const asked: string[][] = [];
    const environment = secretEnvironment(spec, (principal, version) => {
      asked.push([principal, version]);
      return Buffer.from("tell nobody");
    });
    expect(environment).to.deep.equal({ TOKEN: "tell nobody" });
    expect(asked).to.deep.equal([["serviceAccount:sample@demo.iam.gserviceaccount.com", TOKEN]]);
  });

  it("are read anew by each instance that starts", async () => {
    let value = "one";
    const hosted = new Hosted(specOf("everything", { secretEnv: { TOKEN }, concurrency: 1 }), {
      environment: (each) => ({
        PATH: process.env.PATH,
        ...secretEnvironment(each, () => Buffer.from(value)),
      }),
    });
    const token = async (): Promise<unknown> => {
      const [, body] = await hosted.get("/environment");
      return (JSON.parse(body) as Record<string, unknown>).TOKEN;
    };
    try {
      expect(await token()).to.equal("one");
      value = "two";
      expect(await token()).to.equal("one");
      const held = hosted.get("/hold");
      await hosted.logged("holding");
      expect(await token()).to.equal("two");
      await hosted.stop();
      await held;
    } finally {
      await hosted.stop();
    }
  });

  it("keep an instance from starting where they cannot be read", async () => {
    const hosted = new Hosted(spec, {
      environment: (each) =>
        secretEnvironment(each, () => {
          throw new ApiError("PERMISSION_DENIED", "Permission denied. Add the row.");
        }),
    });
    try {
      expect(await hosted.get("/ok")).to.deep.equal([
        500,
        "The request failed because the instance could not start successfully.\n",
      ]);
      expect(hosted.errors()[0]).to.equal(
        `sample: everything: did not start: Could not fetch secret "${TOKEN}" for environment variable "TOKEN". Instance startup will now abort: Permission denied. Add the row.`,
      );
    } finally {
      await hosted.stop();
    }
  });

  it("are refused with a NUL byte, without being shown", () => {
    const read = (): unknown => secretEnvironment(spec, () => Buffer.from("tell\0nobody"));
    expect(read).to.throw(/will now abort: It has a NUL byte\.$/);
  });
});
