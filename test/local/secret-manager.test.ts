import { fileURLToPath } from "node:url";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { sliceOf, withSlice, type Declared } from "../../local/declared/declared.ts";
import { secrets } from "../../local/google/secrets/declared.ts";
import { crc32c } from "../../local/google/secrets/crc32c.ts";
import { Secret } from "../../local/declared/secrets.ts";
import { onPlatform, type TestPlatform } from "../support/platform.ts";

const SECRET = "projects/switchyard-dev/secrets/token";
const HOST = "https://secretmanager.googleapis.com/v1";
const ACCOUNT = "enqueuer-api";
const MEMBER = `serviceAccount:${ACCOUNT}@switchyard-dev.iam.gserviceaccount.com`;
const BINDING = {
  member: MEMBER,
  role: "roles/secretmanager.secretAccessor",
  resource: SECRET,
  kind: "role",
} as const;

/** The plan with a secret that the enqueuer, which shows its environment here, holds in a variable. */
function withSecret(
  plan: Declared,
  value: string,
  ...bindings: readonly (typeof BINDING)[]
): Declared {
  const folder = fileURLToPath(new URL("host/fixtures/everything", import.meta.url));
  const { secret, "secret version": versions } = sliceOf(plan, secrets);
  const withIt = withSlice(plan, secrets, {
    secret: [...secret, { name: SECRET, labels: {} }],
    "secret version": [...versions, { name: SECRET, value: new Secret(value) }],
  });
  return {
    ...withIt,
    services: plan.services.map((spec) =>
      spec.name === "enqueuer"
        ? {
            ...spec,
            folder,
            // Another name for each value makes another revision.
            source: `everything-${value}`,
            start: { entryPoint: "everything" },
            secretEnv: { TOKEN: `${SECRET}/versions/latest` },
          }
        : spec,
    ),
    bindings: [...plan.bindings, ...bindings],
  };
}

async function accessed(p: TestPlatform): Promise<unknown> {
  const { status, body } = await p.as(ACCOUNT, `${HOST}/${SECRET}/versions/latest:access`);
  if (status !== 200) return body;
  const { payload } = body as { payload: { data: string } };
  return Buffer.from(payload.data, "base64").toString();
}

onPlatform("Secret Manager in the local cloud", (p) => {
  let declared: Declared;
  before(() => {
    declared = p.cloud.declared();
  });

  it("refuses a function its secret without the row, and says which row is missing", async () => {
    await p.cloud.apply(withSecret(declared, "the first value"));
    expect(await p.asDeveloper("enqueuer", "/environment")).to.deep.include({
      status: 500,
      body: "The request failed because the instance could not start successfully.\n",
    });
    const said = p.log.find(({ message }) => message.includes("did not start"))?.message;
    expect(said).to.equal(
      `enqueuer: did not start: Could not fetch secret "${SECRET}/versions/latest" for environment variable "TOKEN". Instance startup will now abort: Permission 'secretmanager.versions.access' denied for resource '${SECRET}/versions/latest' (or it may not exist). Switchyard: ${MEMBER} needs roles/secretmanager.secretAccessor on ${SECRET}; name callers and operators in the stack's config, add any other row in infra/.`,
    );
    expect(await accessed(p)).to.have.nested.property("error.status", "PERMISSION_DENIED");
  });

  it("gives it with the row, in its environment and over the API, and counts the row as used", async () => {
    const mark = p.cloud.feed.mark();
    await p.cloud.apply(withSecret(declared, "another value", BINDING));
    const { body } = await p.asDeveloper("enqueuer", "/environment");
    expect(body).to.have.property("TOKEN", "another value");
    const used = p.cloud.feed.usedSince(mark).map(({ binding }) => binding);
    expect(used).to.deep.include(BINDING);
    expect(await accessed(p)).to.equal("another value");
  });

  it("answers Google's own client", async () => {
    const plan = withSecret(declared, "another value", BINDING);
    const folder = fileURLToPath(new URL("fixtures/secret-reader", import.meta.url));
    const services = plan.services.map((spec) => ({
      ...spec,
      folder,
      source: "secret-reader",
      start: { entryPoint: "secretReader" },
      env: { GOOGLE_CLOUD_PROJECT: "switchyard-dev" },
      secretEnv: {},
    }));
    await p.cloud.apply({ ...plan, services });
    const read = async (path: string) => (await p.asDeveloper("enqueuer", path)).body;
    expect(await read("/secrets/token/versions/latest")).to.deep.equal({
      value: "another value",
      crc32c: crc32c(Buffer.from("another value")),
    });
    expect(await read("/secrets/token/versions/7")).to.deep.equal({
      code: 5,
      details: "Secret Version [projects/223080314602/secrets/token/versions/7] not found.",
    });
  });

  it("keeps what the API changed where the program says nothing new", async () => {
    const versions = `${HOST}/${SECRET}/versions`;
    await p.cloud.apply({
      ...p.cloud.declared(),
      bindings: [
        ...p.cloud.declared().bindings,
        {
          ...BINDING,
          member: p.cloud.declared().developer,
          role: "roles/secretmanager.admin",
        },
      ],
    });
    const latest = await p.as("developer", `${versions}/latest`);
    const { name = "" } = latest.body as { name?: string };
    await p.as("developer", `${HOST}/${name}:disable`, { method: "POST", body: {} });
    await p.cloud.apply({ ...p.cloud.declared() });
    expect((await p.as("developer", `${versions}/latest`)).body).to.include({
      name,
      state: "DISABLED",
    });
  });

  it("shows no value in the log nor in the run's folder", async () => {
    const { folder } = p.cloud.attachment();
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files
        .filter((file) => file.isFile())
        .map((file) => readFile(join(file.parentPath, file.name), "utf8")),
    );
    expect(texts.length).to.be.greaterThan(0);
    expect([JSON.stringify(p.log), ...texts].join("\n")).not.to.match(/(first|another) value/);
  });

  it("goes with the secret", async () => {
    await p.cloud.apply({ ...declared, bindings: [...declared.bindings, BINDING] });
    expect(await accessed(p)).to.have.nested.property("error.status", "NOT_FOUND");
  });
});
