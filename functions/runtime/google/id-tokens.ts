import type { IdTokenClient } from "google-auth-library";

/** Makes requests with ID tokens of this service's account (https://cloud.google.com/run/docs/authenticating/service-to-service). */
export async function idTokenClient(audience: string): Promise<IdTokenClient> {
  const { GoogleAuth } = await import("./google-auth-client.ts");
  return new GoogleAuth().getIdTokenClient(audience);
}
