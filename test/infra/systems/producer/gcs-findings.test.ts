import { expect } from "chai";
import {
  findings,
  type Answer,
  type Ask,
  type Finding,
} from "../../../../infra/systems/producer/gcs-findings.ts";

const BUCKET = "work";
const PREFIX = "u1/p1/s1/";
const OBJECT = `${PREFIX}a b.txt`;

interface Storage {
  readonly testPermissions: Answer;
  readonly list: Answer;
  readonly listAll: Answer;
  readonly read: Answer;
}

const FORBIDDEN: Answer = { status: 403, body: { error: { code: 403, message: "Not you." } } };
const ABSENT: Answer = { status: 200, body: { kind: "storage#testIamPermissionsResponse" } };
const NAMED: Answer = { status: 200, body: { permissions: ["storage.objects.list"] } };
const LISTED: Answer = { status: 200, body: { items: [{ name: OBJECT }] } };
const READ: Answer = { status: 200, body: { name: OBJECT } };

const ACCOUNT: Storage = { testPermissions: NAMED, list: LISTED, listAll: LISTED, read: READ };
const TENANT: Storage = { testPermissions: ABSENT, list: LISTED, listAll: FORBIDDEN, read: READ };

/** Answers exactly the paths that are to be asked for. */
function askOf(storage: Storage): Ask {
  const answers = new Map([
    [`/b/${BUCKET}/iam/testPermissions?permissions=storage.objects.list`, storage.testPermissions],
    [`/b/${BUCKET}/o?prefix=u1%2Fp1%2Fs1%2F&maxResults=1`, storage.list],
    [`/b/${BUCKET}/o?prefix=&maxResults=1`, storage.listAll],
    [`/b/${BUCKET}/o/u1%2Fp1%2Fs1%2Fa%20b.txt`, storage.read],
  ]);
  return (path) => {
    const answer = answers.get(path);
    return answer === undefined ? Promise.reject(new Error(path)) : Promise.resolve(answer);
  };
}

async function found(
  account: Partial<Storage> = {},
  tenant: Partial<Storage> = {},
): Promise<readonly Finding[]> {
  return findings({
    bucket: BUCKET,
    prefix: PREFIX,
    asAccount: askOf({ ...ACCOUNT, ...account }),
    asTenant: askOf({ ...TENANT, ...tenant }),
  });
}

const wrongs = (all: readonly Finding[]): readonly string[] =>
  all.filter(({ kind }) => kind === "wrong").map(({ says }) => says);

describe("what npm run gcs-check finds", () => {
  it("is nothing wrong where the tenant sees its prefix and no more", async () => {
    expect(await found()).to.deep.equal([
      { kind: "good", says: "The account has storage.objects.list on gs://work." },
      {
        kind: "note",
        says: "testPermissions does not name storage.objects.list for the tenant's token, though it may list its prefix: the boundary allows that with a prefix only, and testPermissions has none.",
      },
      { kind: "good", says: `The tenant's token lists gs://work/${PREFIX}.` },
      { kind: "good", says: `The tenant's token reads gs://work/${OBJECT}.` },
      { kind: "good", says: "The tenant's token cannot list the whole bucket." },
    ]);
  });

  it("is good, too, where testPermissions names the list", async () => {
    const [, second] = await found({}, { testPermissions: NAMED });
    expect(second?.says).to.equal(
      "testPermissions names storage.objects.list for the tenant's token.",
    );
  });

  it("is the account's grant where neither may list", async () => {
    const account = { testPermissions: ABSENT, list: FORBIDDEN };
    const all = wrongs(await found(account, { list: FORBIDDEN }));
    expect(all).to.have.length(3);
    expect(all[0]).to.contain("grant it roles/storage.objectViewer there");
    expect(all[1]).to.equal(
      "testPermissions does not name storage.objects.list for the tenant's token.",
    );
    expect(all[2]).to.equal(
      `Neither the account nor the tenant's token may list gs://work/${PREFIX}.`,
    );
  });

  it("is the boundary where the account may list and the tenant may not", async () => {
    const all = wrongs(await found({}, { list: FORBIDDEN }));
    expect(all.at(-1)).to.contain("the boundary is for another bucket or prefix");
  });

  it("is the account's grant on objects where it may list and not read", async () => {
    const all = wrongs(await found({ read: FORBIDDEN }, { read: FORBIDDEN }));
    expect(all).to.have.length(1);
    expect(all[0]).to.contain(`The account lacks storage.objects.get on ${OBJECT}`);
  });

  it("is the boundary where the account may read and the tenant may not", async () => {
    const all = wrongs(await found({}, { read: FORBIDDEN }));
    expect(all).to.have.length(1);
    expect(all[0]).to.contain("the boundary is for another prefix");
  });

  it("is a token that sees every tenant's names", async () => {
    const all = wrongs(await found({}, { listAll: LISTED }));
    expect(all).to.deep.equal([
      "The tenant's token lists the whole bucket, all tenants' names (200).",
    ]);
  });

  it("says that nothing was read where there is nothing", async () => {
    const all = await found({}, { list: { status: 200, body: {} } });
    expect(all[3]).to.deep.equal({
      kind: "note",
      says: `No object below ${PREFIX} was seen, so none was read.`,
    });
  });

  it("ends with a bucket that is not there, a token that is not accepted, or other trouble", async () => {
    const only = async (testPermissions: Answer) => wrongs(await found({ testPermissions }));
    expect(await only({ status: 404, body: "" })).to.deep.equal(["There is no bucket work."]);
    expect(await only({ status: 401, body: "" })).to.deep.equal([
      "The token is not accepted: it has expired, or is no access token.",
    ]);
    expect(await only({ status: 500, body: "" })).to.deep.equal([
      "testPermissions failed: Cloud Storage answered 500.",
    ]);
    const tenant = { testPermissions: FORBIDDEN };
    expect(wrongs(await found({}, tenant))).to.deep.equal(["testPermissions failed: Not you."]);
  });

  it("quotes Cloud Storage where a list or a read fails otherwise", async () => {
    const broken: Answer = { status: 503, body: { error: { message: "Later." } } };
    expect(wrongs(await found({}, { list: broken }))).to.contain(
      `Listing gs://work/${PREFIX} failed: Later.`,
    );
    expect(wrongs(await found({}, { read: broken }))).to.deep.equal([
      `Reading ${OBJECT} failed: Later.`,
    ]);
  });
});
