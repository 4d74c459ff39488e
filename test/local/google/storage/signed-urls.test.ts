import { expect } from "chai";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { BUCKET, StorageFixture, type Answer } from "./bucket.ts";

const EMAIL = "signer@switchyard-dev.iam.gserviceaccount.com";
const HOST = "storage.googleapis.com";
const OWN_HOST = `${BUCKET}.${HOST}`;
const MINUTE = 60_000;

interface Signing {
  readonly method?: string;
  readonly host?: string;
  readonly path?: string;
  readonly email?: string;
  readonly keyOf?: string;
  /** Milliseconds since the epoch. */
  readonly at?: number;
  readonly expires?: number | string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly change?: (parameters: Record<string, string>) => void;
}

/** As the documentation says how to sign, and from nothing of the simulator's. */
describe("signed URLs of Cloud Storage", () => {
  let fixture: StorageFixture;

  beforeEach(() => {
    fixture = new StorageFixture();
    fixture.cloud.accounts.add(EMAIL);
    fixture.storage.putObject(BUCKET, "t 1/a+ü.txt", Buffer.from("hello"), "text/plain");
  });

  const PATH = `/${BUCKET}/t%201/a%2B%C3%BC.txt`;

  async function signed(signing: Signing = {}): Promise<string> {
    const { method = "GET", host = HOST, path = PATH, email = EMAIL, keyOf = email } = signing;
    const { at = Date.now(), expires = 900, query = {}, headers = {}, change } = signing;
    const date = new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, "");
    const scope = `${date.slice(0, 8)}/auto/storage/goog4_request`;
    const all: Record<string, string> = { host, ...headers };
    const names = Object.keys(all).sort();
    const parameters: Record<string, string> = {
      "X-Goog-Algorithm": "GOOG4-RSA-SHA256",
      "X-Goog-Credential": `${email}/${scope}`,
      "X-Goog-Date": date,
      "X-Goog-Expires": String(expires),
      "X-Goog-SignedHeaders": names.join(";"),
      ...query,
    };
    const queryText = (): string =>
      Object.keys(parameters)
        .sort()
        .map((name) => `${name}=${encodeURIComponent(parameters[name] ?? "")}`)
        .join("&");
    const canonical = [
      method,
      path,
      queryText(),
      ...names.map((name) => `${name}:${all[name] ?? ""}`),
      "",
      names.join(";"),
      "UNSIGNED-PAYLOAD",
    ].join("\n");
    const hash = createHash("sha256").update(canonical).digest("hex");
    const text = ["GOOG4-RSA-SHA256", date, scope, hash].join("\n");
    const key = await fixture.cloud.identity.accountKeys.of(keyOf);
    parameters["X-Goog-Signature"] = key.sign(Buffer.from(text)).toString("hex");
    change?.(parameters);
    return `https://${host}${path}?${queryText()}`;
  }

  function send(
    method: string,
    url: string,
    headers: Readonly<Record<string, string>> = {},
    body = "",
  ): Promise<Answer> {
    const host = new URL(url).host;
    return fixture.askAnonymously(method, url, { headers: { host, ...headers }, body });
  }

  const codeIn = ({ bytes }: Answer): string | undefined =>
    /<Code>(\w+)<\/Code>/.exec(bytes.toString())?.[1];

  it("give what their signer may read, on the host of all buckets and on a bucket's own", async () => {
    for (const url of [
      await signed(),
      await signed({ host: OWN_HOST, path: PATH.replace(`/${BUCKET}`, "") }),
    ]) {
      const { status, bytes, headers } = await send("GET", url);
      expect([status, bytes.toString(), headers["content-type"]]).to.deep.equal([
        200,
        "hello",
        "text/plain",
      ]);
    }
    expect(fixture.cloud.questions.map(({ principal, permission }) => [principal, permission]))
      .to //
      .deep.equal([
        [`serviceAccount:${EMAIL}`, "storage.objects.get"],
        [`serviceAccount:${EMAIL}`, "storage.objects.get"],
      ]);
    fixture.cloud.refused.add("storage.objects.get");
    const denied = await send("GET", await signed());
    expect([denied.status, codeIn(denied)]).to.deep.equal([403, "AccessDenied"]);
    expect(denied.bytes.toString()).to.include(`serviceAccount:${EMAIL} lacks`);
  });

  it("are in sorted order whatever the order of their parameters", async () => {
    const url = new URL(await signed({ query: { generation: "1767225600000000" } }));
    const reversed = [...url.searchParams].reverse();
    url.search = new URLSearchParams(reversed).toString();
    expect((await send("GET", url.href)).status).to.equal(200);
  });

  it("may name how what they give is to be saved", async () => {
    const query = {
      "response-content-disposition": 'attachment; filename="a.txt"',
      "response-content-type": "text/x",
    };
    const { headers } = await send("GET", await signed({ query }));
    expect([headers["content-disposition"], headers["content-type"]]).to.deep.equal([
      'attachment; filename="a.txt"',
      "text/x",
    ]);
  });

  it("answer HEAD with the headers alone", async () => {
    const { status, bytes, headers } = await send("HEAD", await signed({ method: "HEAD" }));
    expect([status, bytes.length, headers["content-length"]]).to.deep.equal([200, 0, "5"]);
  });

  it("write, with the metadata that is in their headers", async () => {
    const headers = { "content-type": "text/y", "x-goog-meta-run": "a b" };
    const path = `/${BUCKET}/new`;
    const url = await signed({ method: "PUT", path, headers });
    const sent = { ...headers, "x-goog-meta-run": "a  b" };
    const { status, bytes, headers: answered } = await send("PUT", url, sent, "new");
    expect([status, bytes.length]).to.deep.equal([200, 0]);
    const { body } = await fixture.get("new");
    expect([body.contentType, await fixture.read("new")]).to.deep.equal(["text/y", "new"]);
    expect([answered["x-goog-generation"], answered["content-length"]]).to.deep.equal([
      body.generation,
      "0",
    ]);
    expect(body.metadata).to.deep.equal({ run: "a  b" });
  });

  it("need both permissions to write over an object", async () => {
    const url = await signed({ method: "PUT" });
    await send("PUT", url, {}, "other");
    expect(fixture.cloud.questions.map(({ permission }) => permission)).to.deep.equal([
      "storage.objects.create",
      "storage.objects.delete",
    ]);
  });

  it("keep to what their headers say of length, generation and checksum", async () => {
    const cases: [headers: Record<string, string>, status: number, code: string | undefined][] = [
      [{ "x-goog-content-length-range": "1,3" }, 400, "EntityTooLarge"],
      [{ "x-goog-content-length-range": "9,12" }, 400, "EntityTooSmall"],
      [{ "x-goog-content-length-range": "5" }, 400, "InvalidArgument"],
      [{ "x-goog-if-generation-match": "0" }, 412, "PreconditionFailed"],
      [{ "content-md5": "AAAA" }, 400, "InvalidArgument"],
      [{ "x-goog-content-length-range": "5,5" }, 200, undefined],
    ];
    for (const [headers, status, code] of cases) {
      const answer = await send("PUT", await signed({ method: "PUT", headers }), headers, "other");
      expect([answer.status, codeIn(answer)], JSON.stringify(headers)).to.deep.equal([
        status,
        code,
      ]);
    }
  });

  it("begin an upload that goes on without a signature", async () => {
    const headers = { "x-goog-resumable": "start" };
    const path = `/${BUCKET}/large`;
    const url = await signed({ method: "POST", path, headers });
    const begun = await send("POST", url, headers);
    expect(begun.status).to.equal(201);
    const location = begun.headers.location ?? "";
    expect(location).not.to.include("Signature");
    const { status, bytes } = await send("PUT", location, {}, "large");
    expect([status, bytes.length, await fixture.read("large")]).to.deep.equal([200, 0, "large"]);
    const unknown = await send("PUT", `https://${HOST}${path}?upload_id=x`, {}, "large");
    expect([unknown.status, codeIn(unknown)]).to.deep.equal([410, "NoSuchUpload"]);
  });

  it("delete", async () => {
    const url = await signed({ method: "DELETE" });
    fixture.cloud.refused.add("storage.objects.delete");
    expect((await send("DELETE", url)).status).to.equal(403);
    fixture.cloud.refused.clear();
    expect((await send("DELETE", url)).status).to.equal(204);
    const gone = await send("DELETE", url);
    expect([gone.status, codeIn(gone)]).to.deep.equal([404, "NoSuchKey"]);
    const nowhere = await send("GET", await signed({ path: "/nobody-has-this/a" }));
    expect([nowhere.status, codeIn(nowhere)]).to.deep.equal([404, "NoSuchBucket"]);
  });

  it("are over when they say so, and not good before they begin", async () => {
    const at = Date.parse("2026-01-01T00:00:00Z");
    const over = await send("GET", await signed({ at }));
    expect([over.status, over.bytes.toString()]).to.deep.equal([
      400,
      "<?xml version='1.0' encoding='UTF-8'?><Error><Code>ExpiredToken</Code>" +
        "<Message>Invalid argument.</Message><Details>The provided token has expired. " +
        "Request signature expired at: 2026-01-01T00:15:00+00:00</Details></Error>",
    ]);
    expect((await send("GET", await signed({ at: Date.now() - 14 * MINUTE }))).status).to.equal(
      200,
    );
    const early = await send("GET", await signed({ at: Date.now() + 20 * MINUTE }));
    expect([early.status, codeIn(early)]).to.deep.equal([403, "AccessDenied"]);
  });

  it("are refused with what was to be signed where the signature is another", async () => {
    const other = "other@switchyard-dev.iam.gserviceaccount.com";
    const answer = await send("GET", await signed({ keyOf: other }));
    expect(answer.status).to.equal(403);
    expect(answer.headers["content-type"]).to.equal("application/xml; charset=UTF-8");
    const text = answer.bytes.toString();
    expect(text)
      .to.match(/^<\?xml .*<Code>SignatureDoesNotMatch<\/Code><Message>Access denied\.<\/Message>/)
      .and.include("<StringToSign>GOOG4-RSA-SHA256\n")
      .and.include(`<CanonicalRequest>GET\n${PATH}\nX-Goog-Algorithm=GOOG4-RSA-SHA256&amp;`)
      .and.include(`host:${HOST}\n\nhost\nUNSIGNED-PAYLOAD</CanonicalRequest>`);
    expect(fixture.cloud.questions).to.deep.equal([]);
  });

  const changed: [what: string, signing: Signing, sent?: Readonly<Record<string, string>>][] = [
    ["another method", { method: "PUT" }],
    ["an account that is not declared", { email: "x@switchyard-dev.iam.gserviceaccount.com" }],
    ["a longer life", { change: (parameters) => (parameters["X-Goog-Expires"] = "901") }],
    ["another generation", { change: (parameters) => (parameters.generation = "1") }],
    [
      "another value of a signed header",
      { headers: { "x-goog-meta-a": "1" } },
      { "x-goog-meta-a": "2" },
    ],
  ];
  for (const [what, signing, sent = {}] of changed) {
    it(`do not match with ${what}`, async () => {
      const answer = await send("GET", await signed(signing), sent);
      expect([answer.status, codeIn(answer)]).to.deep.equal([403, "SignatureDoesNotMatch"]);
    });
  }

  const without = (name: string): Signing => ({
    change: (parameters) => {
      Reflect.deleteProperty(parameters, name);
    },
  });
  const malformed: [what: string, signing: Signing, code: string, sent?: Record<string, string>][] =
    [
      ["no signature", without("X-Goog-Signature"), "InvalidArgument"],
      ["no algorithm", without("X-Goog-Algorithm"), "InvalidArgument"],
      ["no date", without("X-Goog-Date"), "InvalidArgument"],
      ["no headers", without("X-Goog-SignedHeaders"), "InvalidArgument"],
      ["more than seven days", { expires: 604_801 }, "InvalidArgument"],
      ["no time at all", { expires: 0 }, "InvalidArgument"],
      [
        "a credential of another day",
        {
          change: (parameters) => {
            parameters["X-Goog-Credential"] = `${EMAIL}/20200101/auto/storage/goog4_request`;
          },
        },
        "InvalidArgument",
      ],
      [
        "a host that is not signed",
        { change: (parameters) => (parameters["X-Goog-SignedHeaders"] = "range") },
        "MalformedSecurityHeader",
        { range: "bytes=0-1" },
      ],
      [
        "a signed header that does not come",
        { headers: { "content-type": "text/plain" } },
        "MalformedSecurityHeader",
      ],
      [
        "a header of Google's that is not signed",
        {},
        "MalformedSecurityHeader",
        { "x-goog-if-generation-match": "0" },
      ],
      ["a token beside the signature", {}, "InvalidArgument", { authorization: "Bearer token" }],
    ];
  for (const [what, signing, code, sent = {}] of malformed) {
    it(`are refused with ${what}`, async () => {
      const answer = await send("GET", await signed(signing), sent);
      expect([answer.status, codeIn(answer)]).to.deep.equal([400, code]);
    });
  }

  const unsupported: [
    what: string,
    method: string,
    url: string,
    headers: Record<string, string>,
  ][] = [
    ["signatures of V2", "GET", `https://${HOST}${PATH}?GoogleAccessId=a&Signature=b`, {}],
    ["lists", "GET", `https://${HOST}/${BUCKET}`, {}],
    ["lists", "GET", `https://${OWN_HOST}/`, {}],
    ["uploads in parts", "POST", `https://${HOST}${PATH}?uploads`, {}],
    ["forms", "POST", `https://${HOST}${PATH}`, {}],
    ["copies", "PUT", `https://${HOST}${PATH}`, { "x-goog-copy-source": "/a/b" }],
    ["ACLs", "GET", `https://${HOST}${PATH}?acl`, {}],
    ["preconditions on the ETag", "GET", `https://${HOST}${PATH}`, { "if-none-match": "x" }],
  ];
  for (const [what, method, url, headers] of unsupported) {
    it(`and whoever reads XML are told by name that ${what} are not simulated: ${method} ${url}`, async () => {
      const answer = await send(method, url, headers);
      expect([answer.status, codeIn(answer)]).to.deep.equal([501, "NotImplemented"]);
      expect(answer.bytes.toString()).to.include(" is not simulated.</Details>");
    });
  }

  it("are not needed by who has a token, and nobody else gets anything", async () => {
    const url = `https://${HOST}${PATH}`;
    expect((await fixture.ask("GET", url)).bytes.toString()).to.equal("hello");
    fixture.cloud.questions.length = 0;
    fixture.cloud.refused.add("storage.objects.get");
    const answer = await send("GET", url);
    expect([answer.status, codeIn(answer)]).to.deep.equal([403, "AccessDenied"]);
    expect(fixture.cloud.questions[0]?.principal).to.equal("anonymous");
  });

  it("of any form are answered, and never with a mistake of ours", async () => {
    const names = fc.constantFrom(
      ..."algorithm credential date expires signedheaders signature".split(" "),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(names, fc.string())), async (parameters) => {
        const query = new URLSearchParams([["X-Goog-Signature", "00"]]);
        for (const [name, value] of parameters) query.append(`x-goog-${name}`, value);
        const answer = await send("GET", `https://${HOST}${PATH}?${query.toString()}`);
        expect(answer.status).to.be.oneOf([400, 403, 501]);
      }),
      { numRuns: 300 },
    );
  });
});
