import { expect } from "chai";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { serveRest } from "../../../../local/gateway/rest-simulator.ts";
import { GRANTABLE } from "../../../../local/google/grantable.ts";
import { iamCredentials } from "../../../../local/google/iam/credentials/index.ts";
import { securityTokens } from "../../../../local/google/sts/index.ts";
import { cloudStorage } from "../../../../local/google/storage/index.ts";
import { createAuthorize } from "../../../../local/iam/authorize.ts";
import { createPolicy } from "../../../../local/iam/evaluate.ts";
import { Feed } from "../../../../local/iam/feed.ts";
import type { Binding } from "../../../../local/iam/types.ts";
import { FakeCloud } from "../../../support/fake-cloud.ts";
import { EMAIL, startSmallCloud, type SmallCloud } from "../../gateway/small-cloud.ts";
import { BUCKET, SETTINGS } from "../storage/bucket.ts";

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL("client-program.ts", import.meta.url));
const SIGNER = "signer@demo.iam.gserviceaccount.com";

describe("Google's clients with a token cut down, signed URLs and another's name", function () {
  this.timeout(60_000);

  let small: SmallCloud;
  let results: Record<string, unknown>;

  before(async () => {
    small = await startSmallCloud();
    const cloud = new FakeCloud();
    for (const email of [EMAIL, SIGNER]) cloud.accounts.add(email);
    const policy = createPolicy(
      [
        ...row(EMAIL, "roles/storage.objectUser", `projects/_/buckets/${BUCKET}`),
        ...row(SIGNER, "roles/storage.objectViewer", `projects/_/buckets/${BUCKET}`),
        ...[EMAIL, SIGNER].flatMap((email) =>
          row(EMAIL, "roles/iam.serviceAccountTokenCreator", accountName(cloud, email)),
        ),
      ],
      GRANTABLE,
    );
    const { clock, log } = cloud;
    cloud.authorize = createAuthorize({
      policy: () => policy,
      mode: "enforce",
      feed: new Feed(),
      clock,
      log,
    });
    Object.assign(cloud, { identity: small.issuer });
    const storage = cloudStorage(cloud);
    storage.declareBucket({ name: BUCKET, ...SETTINGS });
    const serving = { cloud, callerOf: small.issuer.callerOf };
    for (const api of [storage, iamCredentials(cloud), securityTokens(cloud)]) {
      for (const host of api.hosts) {
        if (!small.hosts.has(host)) small.hosts.set(host, serveRest(api, serving));
      }
    }
    const { stdout } = await run(process.execPath, [PROGRAM, BUCKET, SIGNER], {
      env: { PATH: process.env.PATH ?? "", ...small.environment },
    });
    results = JSON.parse(stdout) as Record<string, unknown>;
  });
  after(() => small.stop());

  it("see one tenant's objects and no other's, whatever they do with them", () => {
    const beyond = "403 by the boundary";
    expect(results.tenant).to.deep.equal({
      read: "done",
      readOther: beyond,
      listed: ["t1/a"],
      listOther: beyond,
      listAll: beyond,
      write: "done",
      writeOther: beyond,
      copyOut: beyond,
      copyIn: beyond,
      composeIn: beyond,
      moveWithin: "done",
      moveOut: beyond,
      bucket: 403,
    });
  });

  it("get a token of its own for as long as the first lasts, and none for a boundary that Google refuses", () => {
    expect(results.token).to.deep.equal({
      isAnother: true,
      lastsAnHour: true,
      refused:
        "Error: Error code invalid_request: rule 1: storage.objects.get is not inRole: and a role that is known",
    });
  });

  it("sign URLs without a private key, on the host of all buckets and on the bucket's own", () => {
    expect(results.signedUrls).to.deep.equal({
      hosts: ["storage.googleapis.com", `${BUCKET}.storage.googleapis.com`],
      written: 200,
      contents: ["signed", "signed"],
      disposition: 'attachment; filename="a b.txt"',
      withoutType: 403,
      other: 403,
    });
  });

  it("begin an upload by a signed URL", () => {
    expect(results.resumable).to.deep.equal({ begun: 201, put: 200, content: "large" });
  });

  it("act as another account, and may then what that one may", () => {
    expect(results.impersonated).to.deep.equal({
      mayRead: "done",
      mayWrite: 403,
      idToken: SIGNER,
    });
  });
});

function row(email: string, role: string, resource: string): Binding[] {
  return [{ member: `serviceAccount:${email}`, role, resource, kind: "role" }];
}

function accountName({ projectId }: FakeCloud, email: string): string {
  return `projects/${projectId}/serviceAccounts/${email}`;
}
