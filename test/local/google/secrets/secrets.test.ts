import { inspect } from "node:util";
import type { protos } from "@google-cloud/secret-manager";
import { expect } from "chai";
import { crc32c } from "../../../../local/google/secrets/crc32c.ts";
import { secretManager, type SecretManager } from "../../../../local/google/secrets/index.ts";
import { callMethod, FakeCloud, refusalOf } from "../../../support/fake-cloud.ts";

type Version = protos.google.cloud.secretmanager.v1.ISecretVersion;
type Access = protos.google.cloud.secretmanager.v1.IAccessSecretVersionResponse;
type SecretList = protos.google.cloud.secretmanager.v1.IListSecretsResponse;
type VersionList = protos.google.cloud.secretmanager.v1.IListSecretVersionsResponse;

const BY_ID = "projects/switchyard-dev/secrets/token";
const BY_NUMBER = "projects/223080314602/secrets/token";
const VALUE = Buffer.from("tell nobody");
/** When a clock moved by hand begins. */
const BEGINNING = { seconds: 1_767_225_600, nanos: 0 };

describe("the Secret Manager simulator", () => {
  let cloud: FakeCloud;
  let simulator: SecretManager;

  beforeEach(() => {
    cloud = new FakeCloud();
    simulator = secretManager(cloud);
  });

  function call<Response>(method: string, request: object): Promise<Response> {
    return callMethod(simulator, cloud, method, request);
  }

  function create(secretId: string, secret: object = { replication: { automatic: {} } }) {
    const parent = "projects/switchyard-dev";
    return call("CreateSecret", { parent, secretId, secret });
  }

  function add(data: Uint8Array = VALUE, more: object = {}): Promise<Version> {
    return call("AddSecretVersion", { parent: BY_ID, payload: { data, ...more } });
  }

  async function accessed(version: string, secret = BY_ID): Promise<string | undefined> {
    const name = `${secret}/versions/${version}`;
    const { payload } = await call<Access>("AccessSecretVersion", { name });
    return payload?.data?.toString();
  }

  async function refusal(method: string, request: object): Promise<[string, string]> {
    const { code, message } = await refusalOf(call(method, request));
    return [code, message];
  }

  describe("secrets", () => {
    it("are made once, and named by the project's number", async () => {
      const labels = { system: "x" };
      const secret = { replication: { automatic: {} }, labels };
      expect(await create("token", secret)).to.deep.equal({
        name: BY_NUMBER,
        createTime: BEGINNING,
        replication: { automatic: {} },
        labels,
        annotations: {},
      });
      const again = { parent: "projects/223080314602", secretId: "token", secret };
      expect(await refusal("CreateSecret", again)).to.deep.equal([
        "ALREADY_EXISTS",
        `Secret [${BY_NUMBER}] already exists.`,
      ]);
    });

    it("are found by the project's id and by its number, until they are deleted", async () => {
      await create("token");
      const [byId, byNumber] = [
        await call("GetSecret", { name: BY_ID }),
        await call("GetSecret", { name: BY_NUMBER }),
      ];
      expect(byId).to.deep.equal(byNumber);
      await call("DeleteSecret", { name: BY_NUMBER });
      expect(await refusal("GetSecret", { name: BY_ID })).to.deep.equal([
        "NOT_FOUND",
        `Secret [${BY_NUMBER}] not found.`,
      ]);
    });

    it("are listed newest first, in pages", async () => {
      for (const id of ["a", "b", "c"]) await create(id);
      const parent = "projects/switchyard-dev";
      const first = await call<SecretList>("ListSecrets", { parent, pageSize: 2 });
      const rest = { parent, pageSize: 2, pageToken: first.nextPageToken };
      const second = await call<SecretList>("ListSecrets", rest);
      const names = [first, second].map(({ secrets }) => secrets?.map(({ name }) => name?.at(-1)));
      expect(names).to.deep.equal([["c", "b"], ["a"]]);
      expect([first.totalSize, second.nextPageToken]).to.deep.equal([3, undefined]);
    });

    it("change their labels and annotations, and nothing else", async () => {
      await create("token");
      const secret = { name: BY_ID, labels: { a: "1" }, annotations: { b: "2" } };
      const updateMask = { paths: ["labels", "annotations"] };
      expect(await call("UpdateSecret", { secret, updateMask })).to.deep.include({
        labels: secret.labels,
        annotations: secret.annotations,
      });
      const [code] = await refusal("UpdateSecret", { secret, updateMask: { paths: ["ttl"] } });
      expect(code).to.equal("UNIMPLEMENTED");
    });

    for (const [what, request, message] of [
      [
        "an id with a dot",
        { secretId: "a.b", secret: { replication: { automatic: {} } } },
        "The secret ID must be 1 to 255 letters, digits, hyphens and underscores.",
      ],
      ["no replication", { secretId: "a", secret: {} }, "Field [secret.replication] is required."],
      ["no secret", { secretId: "a" }, "Field [secret] is required."],
    ] as const) {
      it(`are refused with ${what}`, async () => {
        const refused = { parent: "projects/switchyard-dev", ...request };
        expect(await refusal("CreateSecret", refused)).to.deep.equal(["INVALID_ARGUMENT", message]);
      });
    }

    it("are refused with a field that would be ignored, which is named", async () => {
      const secret = { replication: { automatic: {} }, ttl: { seconds: 5 } };
      const request = { parent: "projects/switchyard-dev", secretId: "a", secret };
      expect(await refusal("CreateSecret", request)).to.deep.equal([
        "UNIMPLEMENTED",
        "Secret.ttl is not supported by the local Secret Manager; remove the field.",
      ]);
    });
  });

  describe("versions", () => {
    beforeEach(() => create("token"));

    it("are counted from one, and are read by number and as the latest", async () => {
      const first = await add(Buffer.from("one"));
      await add(Buffer.from("two"));
      expect(first).to.deep.equal({
        name: `${BY_NUMBER}/versions/1`,
        createTime: BEGINNING,
        state: "ENABLED",
        replicationStatus: { automatic: {} },
      });
      expect([
        await accessed("1"),
        await accessed("2"),
        await accessed("latest"),
        await accessed("latest", BY_NUMBER),
      ]).to.deep.equal(["one", "two", "two", "two"]);
    });

    it("come with their checksum, given or made", async () => {
      const dataCrc32c = crc32c(VALUE);
      expect(await add()).not.to.have.property("clientSpecifiedPayloadChecksum");
      expect(await add(VALUE, { dataCrc32c })).to.include({ clientSpecifiedPayloadChecksum: true });
      const name = `${BY_ID}/versions/1`;
      expect(await call("AccessSecretVersion", { name })).to.deep.equal({
        name: `${BY_NUMBER}/versions/1`,
        payload: { data: VALUE, dataCrc32c },
      });
    });

    it("are refused when the checksum is another's", async () => {
      expect((await refusalOf(add(VALUE, { dataCrc32c: 0 }))).code).to.equal("INVALID_ARGUMENT");
    });

    it("hold up to 64 KiB, and not nothing", async () => {
      await add(Buffer.alloc(65536, "x"));
      const tooLarge = await refusalOf(add(Buffer.alloc(65537, "x")));
      expect(tooLarge.message).to.equal(
        "The secret payload has 65537 bytes; it must be no larger than 65536.",
      );
      const empty = await refusalOf(add(Buffer.alloc(0)));
      expect(empty.message).to.equal("Secret Payload cannot be empty.");
      expect(await refusal("AddSecretVersion", { parent: BY_ID })).to.deep.equal([
        "INVALID_ARGUMENT",
        "Field [payload] is required.",
      ]);
    });

    it("cannot be read while they are disabled, the latest included", async () => {
      await add();
      const name = `${BY_ID}/versions/1`;
      expect(await call("DisableSecretVersion", { name })).to.include({ state: "DISABLED" });
      expect(
        await refusal("AccessSecretVersion", { name: `${BY_ID}/versions/latest` }),
      ).to.deep.equal([
        "FAILED_PRECONDITION",
        `Secret Version [${BY_NUMBER}/versions/1] is in DISABLED state.`,
      ]);
      expect(await call("EnableSecretVersion", { name })).to.include({ state: "ENABLED" });
      expect(await accessed("1")).to.equal(VALUE.toString());
    });

    it("stay destroyed", async () => {
      await add();
      const name = `${BY_ID}/versions/1`;
      await cloud.clock.advance({ seconds: 5 });
      const destroyed = await call<Version>("DestroySecretVersion", { name });
      expect(destroyed).to.deep.include({
        state: "DESTROYED",
        destroyTime: { ...BEGINNING, seconds: BEGINNING.seconds + 5 },
      });
      const sentence = `Secret Version [${BY_NUMBER}/versions/1] is in DESTROYED state.`;
      for (const method of [
        "AccessSecretVersion",
        "EnableSecretVersion",
        "DisableSecretVersion",
        "DestroySecretVersion",
      ]) {
        expect(await refusal(method, { name })).to.deep.equal(["FAILED_PRECONDITION", sentence]);
      }
      expect(await call("GetSecretVersion", { name })).to.include({ state: "DESTROYED" });
    });

    it("are listed newest first, in pages", async () => {
      for (let i = 0; i < 3; i++) await add();
      const page = { parent: BY_ID, pageSize: 2 };
      const first = await call<VersionList>("ListSecretVersions", page);
      const rest = { ...page, pageToken: first.nextPageToken };
      const second = await call<VersionList>("ListSecretVersions", rest);
      const numbers = [first, second].map(({ versions }) =>
        versions?.map(({ name }) => name?.at(-1)),
      );
      expect(numbers).to.deep.equal([["3", "2"], ["1"]]);
    });

    it("that do not exist are said to be missing", async () => {
      const name = `${BY_ID}/versions/latest`;
      const noVersions = `Secret [${BY_NUMBER}] not found or has no versions.`;
      expect(await refusal("AccessSecretVersion", { name })).to.deep.equal([
        "NOT_FOUND",
        noVersions,
      ]);
      await add();
      const second = { name: `${BY_ID}/versions/2` };
      expect(await refusal("AccessSecretVersion", second)).to.deep.equal([
        "NOT_FOUND",
        `Secret Version [${BY_NUMBER}/versions/2] not found.`,
      ]);
      const other = { name: "projects/switchyard-dev/secrets/other/versions/1" };
      expect(await refusal("AccessSecretVersion", other)).to.deep.equal([
        "NOT_FOUND",
        "Secret [projects/223080314602/secrets/other] not found or has no versions.",
      ]);
    });
  });

  it("asks for the permission of each method, on the resource named by the project's id", async () => {
    await create("token");
    await add();
    const version = { name: `${BY_NUMBER}/versions/1` };
    await call("AccessSecretVersion", { name: `${BY_NUMBER}/versions/latest` });
    for (const method of ["GetSecretVersion", "DisableSecretVersion", "EnableSecretVersion"]) {
      await call(method, version);
    }
    await call("DestroySecretVersion", version);
    await call("ListSecretVersions", { parent: BY_NUMBER });
    await call("GetSecret", { name: BY_NUMBER });
    await call("ListSecrets", { parent: "projects/223080314602" });
    const update = { secret: { name: BY_NUMBER }, updateMask: { paths: ["labels"] } };
    await call("UpdateSecret", update);
    await call("DeleteSecret", { name: BY_NUMBER });
    const asked = cloud.questions.map(({ permission, resource }) => [permission, resource]);
    const project = "projects/switchyard-dev";
    expect(asked).to.deep.equal([
      ["secretmanager.secrets.create", project],
      ["secretmanager.versions.add", BY_ID],
      ["secretmanager.versions.access", `${BY_ID}/versions/latest`],
      ["secretmanager.versions.get", `${BY_ID}/versions/1`],
      ["secretmanager.versions.disable", `${BY_ID}/versions/1`],
      ["secretmanager.versions.enable", `${BY_ID}/versions/1`],
      ["secretmanager.versions.destroy", `${BY_ID}/versions/1`],
      ["secretmanager.versions.list", BY_ID],
      ["secretmanager.secrets.get", BY_ID],
      ["secretmanager.secrets.list", project],
      ["secretmanager.secrets.update", BY_ID],
      ["secretmanager.secrets.delete", BY_ID],
    ]);
    const NUMBER = "projects/223080314602/secrets/token";
    const ofProject = ["cloudresourcemanager.googleapis.com/Project", undefined];
    const ofSecret = ["secretmanager.googleapis.com/Secret", NUMBER];
    const ofVersion = (version: string) => [
      "secretmanager.googleapis.com/SecretVersion",
      `${NUMBER}/versions/${version}`,
    ];
    // Conditions read names with the project's number; creating and listing are judged on the project, which shows none.
    expect(
      cloud.questions.map(({ attributes }) => [attributes?.type, attributes?.name]),
    ).to.deep.equal([
      ofProject,
      ofSecret,
      ofVersion("latest"),
      ...Array.from({ length: 4 }, () => ofVersion("1")),
      ofSecret,
      ofSecret,
      ofProject,
      ofSecret,
      ofSecret,
    ]);
  });

  it("refuses names that are none, and those of regional secrets", async () => {
    for (const name of ["token/versions/1", `${BY_ID}/versions/newest`, BY_ID]) {
      expect(await refusal("AccessSecretVersion", { name })).to.deep.equal([
        "INVALID_ARGUMENT",
        `Resource ID [${name}] is not in a valid format.`,
      ]);
    }
    const regional = "projects/switchyard-dev/locations/us-central1/secrets/token";
    expect((await refusal("GetSecret", { name: regional }))[0]).to.equal("UNIMPLEMENTED");
  });

  it("does not give one project's secret for another's name", async () => {
    simulator.declareSecret({ name: BY_ID, labels: {} });
    simulator.declareVersion(BY_ID, VALUE);
    const name = "projects/elsewhere/secrets/token/versions/latest";
    expect(await refusal("AccessSecretVersion", { name })).to.deep.equal([
      "NOT_FOUND",
      "Secret [projects/elsewhere/secrets/token] not found or has no versions.",
    ]);
    expect(cloud.questions.at(-1)?.resource).to.equal(name);
  });

  it("never shows a payload in what it prints, logs or refuses", async () => {
    await create("token");
    await add();
    await refusalOf(add(VALUE, { dataCrc32c: 0 }));
    const shown = [inspect(simulator, { depth: 9 }), JSON.stringify(cloud.lines)].join("\n");
    expect(shown).not.to.include(VALUE.toString());
    expect(shown).not.to.include(VALUE.toString("hex").match(/../g)?.slice(0, 4).join(" "));
  });

  describe("what the plan declares", () => {
    const principal = "serviceAccount:app@switchyard-dev.iam.gserviceaccount.com";
    const read = (version: string) =>
      simulator.access(principal, `${BY_ID}/versions/${version}`).toString();

    beforeEach(() => simulator.declareSecret({ name: BY_ID, labels: { system: "x" } }));

    it("is there without asking IAM, and is read under the caller's name", () => {
      simulator.declareVersion(BY_ID, Buffer.from("one"));
      expect(cloud.questions).to.deep.equal([]);
      expect(read("latest")).to.equal("one");
      expect(cloud.questions).to.deep.equal([
        {
          principal,
          permission: "secretmanager.versions.access",
          resource: `${BY_ID}/versions/latest`,
          attributes: {
            name: `projects/${cloud.projectNumber}/secrets/token/versions/latest`,
            type: "secretmanager.googleapis.com/SecretVersion",
            service: "secretmanager.googleapis.com",
          },
        },
      ]);
    });

    it("is refused to who may not", () => {
      simulator.declareVersion(BY_ID, Buffer.from("one"));
      cloud.refused.add("secretmanager.versions.access");
      expect(() => read("latest")).to.throw("lacks secretmanager.versions.access");
    });

    it("gets a new version for a new value, and the one before is disabled", async () => {
      for (const value of ["one", "two"]) {
        simulator.declareVersion(BY_ID, Buffer.from(value));
      }
      simulator.declareSecret({ name: BY_ID, labels: {} });
      const { versions } = await call<VersionList>("ListSecretVersions", { parent: BY_ID });
      expect(versions?.map(({ name, state }) => [name?.at(-1), state])).to.deep.equal([
        ["2", "ENABLED"],
        ["1", "DISABLED"],
      ]);
      expect(read("latest")).to.equal("two");
    });

    it("goes with its removal, and a removal of nothing is nothing", () => {
      simulator.declareVersion(BY_ID, VALUE);
      simulator.removeSecret(BY_ID);
      simulator.removeSecret(BY_ID);
      expect(() => read("latest")).to.throw("not found or has no versions");
    });
  });
});
