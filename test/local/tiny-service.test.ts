import { expect } from "chai";
import type { AccessRow } from "../../infra/access.ts";
import { GOOGLE } from "../../infra/google/services.ts";
import { declared, sliceOf, type Declared } from "../../local/declared/declared.ts";
import { difference } from "../../local/declared/difference.ts";
import { recordProgram } from "../../local/declared/record.ts";
import { DECLARES } from "../../local/google/declares.ts";
import { grantableOf } from "../../local/google/grantable.ts";
import { runsServices } from "../../local/google/runs.ts";
import { tiny } from "../fixtures/tiny-service/declared.ts";
import { tinyService } from "../fixtures/tiny-service/index.ts";
import { repo } from "../fixtures/tiny-service/kinds.ts";
import { declareTiny, readerRow } from "../fixtures/tiny-service/program.ts";
import { TestPlatform } from "../support/platform.ts";
import { devConfig } from "../support/recorded.ts";

const PROJECT = "switchyard-dev";
const NAME = `projects/${PROJECT}/repos/tiny`;
const URL = `https://sourcerepo.googleapis.com/v1/${NAME}`;
const READER = `serviceAccount:reader@${PROJECT}.iam.gserviceaccount.com`;

// A line in each list.
const google = [...GOOGLE, { kinds: [repo] }];
const services = [...DECLARES, tiny];
const runs = [...runsServices(), tinyService];

const kinds = google.flatMap((service) => service.kinds);

async function program(rows: readonly AccessRow[]): Promise<{ declared: Declared; url: unknown }> {
  const url = Promise.withResolvers<string>();
  const registrations = await recordProgram(
    "dev",
    () => void declareTiny({ project: PROJECT, rows, kinds }).apply(url.resolve),
    services,
  );
  const platform = { entryPoints: [], outside: {}, rows };
  const recording = { config: devConfig(), platform, registrations };
  return { declared: declared(recording, { services, kinds }), url: await url.promise };
}

describe("a Google service from a folder of its own", () => {
  let granted: Declared;
  let bare: Declared;
  let url: unknown;
  let platform: TestPlatform;
  before(async () => {
    ({ declared: granted, url } = await program([readerRow(PROJECT)]));
    ({ declared: bare } = await program([]));
    platform = new TestPlatform({
      declared: granted,
      google: { runs, grantable: grantableOf(google, services) },
    });
    await platform.start();
  });
  after(() => platform.stop());

  it("is declared, with what Google would compute", () => {
    expect(sliceOf(granted, tiny)).to.deep.equal({ repo: [{ name: NAME }] });
    expect(url).to.equal("https://tiny/tiny");
  });

  it("is granted by its kind's member", () => {
    expect(granted.bindings).to.deep.equal([
      { member: READER, role: "roles/source.reader", resource: NAME, kind: "role" },
    ]);
  });

  it("is told of when it is new, by the name of its noun", () => {
    const before = { ...granted, slices: {} };
    expect(difference(before, granted, [], services)).to.deep.equal(["repo tiny added"]);
  });

  it("answers through the gateway whoever has the row", async () => {
    const { status, body } = await platform.as("reader", URL);
    expect({ status, body }).to.deep.equal({ status: 200, body: { name: NAME } });
  });

  it("refuses without the row, in its own words, and names the row to add", async () => {
    await platform.cloud.apply(bare);
    const { status, body } = await platform.as("reader", URL);
    await platform.cloud.apply(granted);
    const { message } = (body as { error: { message: string } }).error;
    expect([status, message]).to.deep.equal([
      403,
      `Tiny refuses source.repos.get. Switchyard: ${READER} needs roles/source.reader on ${NAME}; name callers and operators in the stack's config, add any other row in infra/.`,
    ]);
  });

  it("takes a removed item out of use, and a new one into it", async () => {
    await platform.cloud.apply({ ...granted, slices: {} });
    expect((await platform.as("reader", URL)).status).to.equal(404);
    await platform.cloud.apply(granted);
    expect((await platform.as("reader", URL)).status).to.equal(200);
  });
});
