import * as v from "valibot";
import { bodyOf, expectSame, expectThat } from "./report.ts";
import type { KeyedScene, Scene } from "./scene.ts";

const Health = v.object({
  storage_backend: v.string(),
  runs_location: v.string(),
  api_key_source: v.string(),
});

export async function health({ ask, bucket, report }: Scene): Promise<void> {
  await report.check("GET /health names the bucket of this stack", async () => {
    const body = bodyOf(await ask("GET", "/health"), Health);
    expectSame("storage_backend", body.storage_backend, "gcs");
    expectSame("runs_location", body.runs_location, bucket.location);
  });
  await report.check("it says that a request without a key brings none", async () => {
    const { api_key_source: source } = bodyOf(await ask("GET", "/health"), Health);
    expectThat(["env", "none"].includes(source), `api_key_source is ${source}.`);
  });
}

export async function healthWithKey({ keyed, key, report }: KeyedScene): Promise<void> {
  await report.check("it says that a request brings a key, and does not show it", async () => {
    const answer = await keyed("GET", "/health");
    expectSame("api_key_source", bodyOf(answer, Health).api_key_source, "user");
    expectThat(!answer.text.includes(key), "The key is in the answer.");
  });
}
