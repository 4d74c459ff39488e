import type { SecretManagerServiceClient } from "@google-cloud/secret-manager";
import { lazy } from "../runtime/lazy.ts";

const READ_TIMEOUT_MS = 5_000;

/**
 * Reads the App's key from Secret Manager.
 * @param version `projects/P/secrets/S/versions/latest`
 */
export function appKey(
  version: string,
  makeClient: () => Promise<Pick<SecretManagerServiceClient, "accessSecretVersion">> = newClient,
): () => Promise<string> {
  const client = lazy(makeClient);
  return async () => {
    const [answer] = await (
      await client()
    ).accessSecretVersion({ name: version }, { timeout: READ_TIMEOUT_MS });
    const data = answer.payload?.data;
    if (data === null || data === undefined) throw new Error(`${version} has no payload.`);
    return Buffer.from(data).toString();
  };
}

async function newClient(): Promise<SecretManagerServiceClient> {
  const { SecretManagerServiceClient } = await import("./secret-manager-client.ts");
  return new SecretManagerServiceClient();
}
