/** What the plan runner keeps in its bucket. */
import { expect } from "chai";
import { setTimeout as delay } from "node:timers/promises";
import type { TestPlatform } from "../../support/platform.ts";

type Reader = "plan-runner" | "developer";

/** The names of the objects that begin so, as somebody sees them. Default: the role that writes them. */
export async function stateObjects(
  p: TestPlatform,
  prefix: string,
  reader: Reader = "plan-runner",
): Promise<string[]> {
  const names: string[] = [];
  let pageToken = "";
  do {
    const query = new URLSearchParams({ prefix, ...(pageToken !== "" && { pageToken }) });
    const page = (await get(p, reader, `?${query.toString()}`)) as Page;
    names.push(...(page.items ?? []).map(({ name }) => name));
    pageToken = page.nextPageToken ?? "";
  } while (pageToken !== "");
  return names;
}

/** The content of an object, parsed where it is JSON. */
export function stateObject(p: TestPlatform, name: string): Promise<unknown> {
  return get(p, "plan-runner", `/${encodeURIComponent(name)}?alt=media`);
}

/** The names of the archives of all commits so far. */
export async function archives(p: TestPlatform): Promise<string[]> {
  const records = await stateObjects(p, "checkouts/");
  const known = await Promise.all(records.map((name) => stateObject(p, name)));
  return known.map((each) => (each as { archive: string }).archive);
}

/** Waits until nobody could still hold any of the leases that are there, by the roles' clock. */
export async function leasesOver(p: TestPlatform): Promise<void> {
  for (const name of await stateObjects(p, "leases/")) {
    const { expires_at: until } = (await stateObject(p, name)) as { expires_at: number };
    await delay(Math.max(0, until - Date.now()));
  }
}

interface Page {
  readonly items?: readonly { readonly name: string }[];
  readonly nextPageToken?: string;
}

async function get(p: TestPlatform, reader: Reader, path: string): Promise<unknown> {
  const bucket = `https://storage.googleapis.com/storage/v1/b/${p.cloud.declared().projectId}-plan-state`;
  const { status, body } = await p.as(reader, `${bucket}/o${path}`);
  expect(status).to.equal(200);
  return body;
}
