import { expect } from "chai";
import fc from "fast-check";
import { X509Certificate } from "node:crypto";
import { createAuthority, type Authority } from "../../../local/gateway/authority.ts";

describe("authority", () => {
  let authority: Authority;

  before(async () => {
    authority = await createAuthority();
  });

  it("signs itself as a certificate authority", () => {
    const ca = new X509Certificate(authority.caPem);

    expect(ca.ca).to.equal(true);
    expect(ca.verify(ca.publicKey)).to.equal(true);
    expect(ca.checkIssued(ca)).to.equal(true);
  });

  it("makes a leaf for exactly the asked host", async () => {
    const ca = new X509Certificate(authority.caPem);
    const { cert } = await authority.credentials("cloudtasks.googleapis.com");
    const leaf = new X509Certificate(cert);

    expect(leaf.subjectAltName).to.equal("DNS:cloudtasks.googleapis.com");
    expect(leaf.keyUsage).to.deep.equal(["1.3.6.1.5.5.7.3.1"]);
    expect(leaf.ca).to.equal(false);
    expect(leaf.checkIssued(ca)).to.equal(true);
    expect(leaf.verify(ca.publicKey)).to.equal(true);
    expect(leaf.checkHost("storage.googleapis.com")).to.equal(undefined);
  });

  it("makes one leaf per host, for requests at the same time too", async () => {
    const [first, second] = await Promise.all([
      authority.credentials("a.run.app"),
      authority.credentials("a.run.app"),
    ]);

    expect(second).to.equal(first);
    expect(await authority.credentials("b.run.app")).not.to.deep.equal(first);
  });

  it("makes certificates that can be read, whatever the length of the name", async () => {
    const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);
    const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
    await fc.assert(
      fc.asyncProperty(host, async (name) => {
        const leaf = new X509Certificate((await authority.credentials(name)).cert);
        expect(leaf.checkHost(name)).to.equal(name);
      }),
      { numRuns: 50 },
    );
  });

  it("is another one at each start", async () => {
    expect((await createAuthority()).caPem).not.to.equal(authority.caPem);
  });
});
