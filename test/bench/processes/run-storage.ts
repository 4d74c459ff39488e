/** A bucket full of runs in a process of its own: the local cloud's Cloud Storage on a port. */
import { index } from "../../../functions/scenarios/entries.ts";
import { timestamp } from "../../../functions/scenarios/json.ts";
import { ended, newRun } from "../../../functions/scenarios/patches.ts";
import { createRun } from "../../../functions/scenarios/runs.ts";
import { ServedStorage } from "../../functions/scenarios/served-storage.ts";
import { UPLOAD } from "../../local/google/storage/bucket.ts";
import { RunStoresInMemory } from "../../support/run-store-in-memory.ts";
import { answering } from "./answering.ts";

export interface RunStorageQuestion {
  /** Folder of all tenants. */
  readonly prefix: string;
  /** How many runs each tenant has. */
  readonly tenants: Readonly<Record<string, number>>;
}

export interface RunStorageAnswer {
  readonly apiEndpoint: string;
  readonly bucket: string;
}

const SECOND_MS = 1_000;
const FIRST_RUN = Date.UTC(2026, 0, 1);
const BOUNDARY = "run";
/** Nobody else writes: nothing is ever done a second time. */
const ALONE = { random: () => 0, wait: () => Promise.resolve() };

const served = ServedStorage.start();

answering(async ({ prefix, tenants }: RunStorageQuestion): Promise<RunStorageAnswer> => {
  const { fixture, bucket, url } = await served;
  for (const [tenant, count] of Object.entries(tenants)) {
    const { objects } = await runsOf(tenant, count);
    // In the order of lists, in which adding to them costs the least.
    for (const [name, { bytes, contentType, metadata }] of [...objects].sort()) {
      const resource = { name: `${prefix}/${name}`, metadata };
      const head = `--${BOUNDARY}\r\n\r\n${JSON.stringify(resource)}\r\n--${BOUNDARY}\r\ncontent-type: ${contentType}\r\n\r\n`;
      const { status } = await fixture.ask("POST", `${UPLOAD}/b/${bucket}/o?uploadType=multipart`, {
        headers: { "content-type": `multipart/related; boundary=${BOUNDARY}` },
        body: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${BOUNDARY}--`)]),
      });
      if (status !== 200) throw new Error(`The upload of ${name} was answered ${status}.`);
    }
  }
  return { apiEndpoint: url, bucket };
});

/** Runs that have ended, one begun each second, as the run API and its worker leave them. */
async function runsOf(tenant: string, count: number): Promise<RunStoresInMemory> {
  const stores = new RunStoresInMemory();
  const store = stores.of(tenant);
  for (let each = 0; each < count; each += 1) {
    const begun = FIRST_RUN + each * SECOND_MS;
    const runId = `${timestamp(begun).replaceAll(/\D/g, "").slice(0, 14)}-${String(each).padStart(8, "0")}`;
    const run = newRun(
      {
        runId,
        signature: String(each).padStart(64, "0"),
        payload: {},
        label: `Company ${each} | SP60 | Global`,
        leaseSeconds: 900,
      },
      begun,
    );
    await createRun(store, runId, ended(1, { status: "COMPLETED", events: [] }, begun)(run));
    await index(store, runId, ALONE);
    stores.calls.length = 0;
  }
  return stores;
}
