/** Run as a process of its own: calls a private service as Google's documentation says, and checks tokens as a service does. */
import { GoogleAuth, OAuth2Client } from "google-auth-library";

const TARGET = process.argv[2] ?? "";

const auth = new GoogleAuth();
const client = await auth.getIdTokenClient(TARGET);
const { data } = await client.request<{ authorization: string }>({ url: `${TARGET}/hello?to=you` });
const token = data.authorization.replace(/^Bearer /, "");
const ticket = await new OAuth2Client().verifyIdToken({ idToken: token, audience: TARGET });
const { email, aud, email_verified: emailVerified } = ticket.getPayload() ?? {};
const fetched = (await (await fetch(`${TARGET}/fetched`)).json()) as { url: string };
// undici wraps the proxy's refusal twice.
const refused = await fetch("https://example.com/").catch((error: unknown) =>
  String(causeOf(causeOf(error))),
);
console.log(
  JSON.stringify({
    email,
    aud,
    emailVerified,
    projectId: await auth.getProjectId(),
    fetched: fetched.url,
    refused,
  }),
);

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : error;
}
