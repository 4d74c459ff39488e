import { expect } from "chai";
import { createPublicKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from "jose";
import { serveGoogleKeys } from "../../../local/identity/google-keys.ts";
import { createIssuer } from "../../../local/identity/issuer.ts";

const ACCOUNT = "signer@demo.iam.gserviceaccount.com";

describe("Google's keys", () => {
  const issuer = createIssuer();
  let server: Server;
  let origin: string;

  before(async () => {
    server = createServer(
      serveGoogleKeys({ issuer, hasServiceAccount: (email) => email === ACCOUNT }),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it("are a map from key id to certificate at v1", async () => {
    const response = await fetch(`${origin}/oauth2/v1/certs`);
    const certificates = (await response.json()) as Record<string, string>;
    const { id, jwk } = await issuer.publishedKey();
    const certificate = new X509Certificate(certificates[id] ?? "");

    expect(Object.keys(certificates)).to.deep.equal([id]);
    expect(certificate.publicKey.equals(createPublicKey({ key: jwk, format: "jwk" }))).to.equal(
      true,
    );
    expect(certificate.verify(certificate.publicKey)).to.equal(true);
    expect(response.headers.get("cache-control")).to.match(/max-age=\d+/);
  });

  it("are a key set at v3 that verifies an ID token", async () => {
    const set = (await (await fetch(`${origin}/oauth2/v3/certs`)).json()) as JSONWebKeySet;
    const token = await issuer.idToken({ email: "a@example.com", audience: "https://a.test" });
    const { payload } = await jwtVerify(token, createLocalJWKSet(set));

    expect(payload.email).to.equal("a@example.com");
    expect(set.keys.map(({ d }) => d)).to.deep.equal([undefined]);
  });

  it("are found through discovery", async () => {
    const response = await fetch(`${origin}/.well-known/openid-configuration`);

    expect(await response.json()).to.deep.include({
      issuer: "https://accounts.google.com",
      jwks_uri: "https://www.googleapis.com/oauth2/v3/certs",
    });
  });

  it("of a service account are found by its email, and of no other", async () => {
    const { id, jwk, certificatePem } = await issuer.accountKeys.published(ACCOUNT);
    const of = (shape: string, email: string): Promise<Response> =>
      fetch(`${origin}/service_accounts/v1/${shape}/${email}`);
    expect(await (await of("jwk", ACCOUNT)).json()).to.deep.equal({ keys: [jwk] });
    expect(await (await of("metadata/x509", encodeURIComponent(ACCOUNT))).json()).to.deep.equal({
      [id]: certificatePem,
    });
    const { publicKey } = new X509Certificate(certificatePem);
    expect(publicKey.equals(createPublicKey({ key: jwk, format: "jwk" }))).to.equal(true);
    expect((await of("jwk", `other-${ACCOUNT}`)).status).to.equal(404);
  });

  it("leave other paths to whoever answers there too", async () => {
    const both = createServer(
      serveGoogleKeys({
        issuer,
        hasServiceAccount: () => false,
        otherwise: () => (_request, response) => void response.end("another"),
      }),
    );
    both.listen(0, "127.0.0.1");
    await once(both, "listening");
    const at = `http://127.0.0.1:${(both.address() as AddressInfo).port}`;
    expect(await (await fetch(`${at}/storage/v1/b`)).text()).to.equal("another");
    expect((await fetch(`${at}/oauth2/v3/certs`)).headers.get("content-type")).to.include("json");
    both.closeAllConnections();
    both.close();
  });

  it("are all there is", async () => {
    const response = await fetch(`${origin}/storage/v1/b`);
    const { host } = new URL(origin);

    expect(response.status).to.equal(404);
    expect(await response.json()).to.deep.equal({
      error: {
        code: 404,
        message: `${host}/storage/v1/b is not part of the local cloud.`,
        status: "NOT_FOUND",
      },
    });
  });
});
