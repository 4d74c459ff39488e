import { expect } from "chai";
import { Readable } from "node:stream";
import { INSERT, OBJECTS, StorageFixture, WRITER, type Answer } from "./bucket.ts";

const STEP = 256 * 1024;
const content = Buffer.from(Array.from({ length: 3 * STEP + 100 }, (_, i) => i % 251));

describe("uploads to Cloud Storage", () => {
  let fixture: StorageFixture;

  beforeEach(() => {
    fixture = new StorageFixture();
  });

  describe("of several parts", () => {
    const multipart = (...parts: string[]) =>
      fixture.ask("POST", `${INSERT}?uploadType=multipart`, {
        headers: { "content-type": 'multipart/related; boundary="b-1"' },
        body: `${parts.map((part) => `--b-1\r\n${part}\r\n`).join("")}--b-1--\r\n`,
      });
    const metadata = 'Content-Type: application/json\r\n\r\n{"name":"a","metadata":{"x":"1"}}';

    it("take name and metadata from the first and the bytes from the second", async () => {
      const { body } = await multipart(
        metadata,
        "content-type: text/csv\r\n\r\n1,2\r\n\r\n--b\r\n",
      );
      expect([body.name, body.metadata, body.contentType]).to.deep.equal([
        "a",
        { x: "1" },
        "text/csv",
      ]);
      expect(await fixture.read("a")).to.equal("1,2\r\n\r\n--b\r\n");
    });

    it("may end their lines as Python does, and quote the boundary as gcloud does", async () => {
      const { status } = await fixture.ask("POST", `${INSERT}?uploadType=multipart`, {
        headers: { "content-type": "multipart/related; boundary='==1=='" },
        body: '--==1==\nContent-Type: application/json\n\n{"name":"a"}\n--==1==\n\n1\r\n--==1==--',
      });
      expect([status, await fixture.read("a")]).to.deep.equal([200, "1\r"]);
    });

    it("verify the checksums that the metadata names", async () => {
      const wrong = 'Content-Type: application/json\r\n\r\n{"name":"a","md5Hash":"AAAA"}';
      const { status, body } = await multipart(wrong, "\r\nhello");
      expect([status, body.error?.message]).to.deep.equal([
        400,
        'Provided MD5 hash "AAAA" doesn\'t match calculated MD5 hash "XUFAKrxLKna5cZ2REBfFkg==".',
      ]);
    });

    it("are refused with any other number of parts", async () => {
      expect((await multipart(metadata)).status).to.equal(400);
      expect((await multipart(metadata, metadata, metadata)).status).to.equal(400);
    });
  });

  describe("in several requests", () => {
    /** The address of a new session. */
    async function begin(query = "", headers: Record<string, string> = {}): Promise<string> {
      const url = `${INSERT}?uploadType=resumable&name=big${query}`;
      const answer = await fixture.ask("POST", url, { headers, body: { metadata: { x: "1" } } });
      expect(answer.status).to.equal(200);
      return answer.headers.location ?? "";
    }

    const send = (session: string, range: string | undefined, body: Buffer | Readable) =>
      fixture.ask("PUT", session, {
        headers: range === undefined ? {} : { "content-range": range },
        body,
      });
    const status = (session: string, size = "*") =>
      send(session, `bytes */${size}`, Buffer.alloc(0));
    const progress = ({ status: code, headers }: Answer) => [code, headers.range];

    it("become an object with the last of its bytes", async () => {
      const session = await begin("", { "x-upload-content-type": "text/plain" });
      expect(progress(await status(session))).to.deep.equal([308, undefined]);
      const first = await send(session, `bytes 0-${STEP - 1}/*`, content.subarray(0, STEP));
      expect(progress(first)).to.deep.equal([308, `bytes=0-${STEP - 1}`]);
      expect(await fixture.names()).to.deep.equal([]);

      const range = `bytes ${STEP}-${content.length - 1}/${content.length}`;
      const { status: code, body } = await send(session, range, content.subarray(STEP));
      expect([code, body.size, body.contentType, body.metadata]).to.deep.equal([
        200,
        String(content.length),
        "text/plain",
        { x: "1" },
      ]);
      expect((await fixture.get("big", "alt=media")).bytes.equals(content)).to.equal(true);
      expect((await status(session)).body, "asked again").to.deep.equal(body);
    });

    it("are whole in one request, of a size that is said, said later, or never", async () => {
      for (const range of [undefined, "bytes 0-*/*", `bytes 0-*/${content.length}`]) {
        const { status: code } = await send(await begin(), range, Readable.from([content]));
        expect(code, range).to.equal(200);
      }
      const session = await begin();
      await send(session, `bytes 0-${2 * STEP - 1}/*`, content.subarray(0, 2 * STEP));
      expect((await status(session, String(2 * STEP))).status).to.equal(200);
    });

    it("keep whole steps of 256 KiB of what is not the end", async () => {
      const session = await begin();
      const answer = await send(session, "bytes 0-299999/*", content.subarray(0, 300_000));
      expect(progress(answer)).to.deep.equal([308, `bytes=0-${STEP - 1}`]);
    });

    it("go on after a broken connection from where the service is", async () => {
      const session = await begin();
      const broken = Readable.from(
        (function* () {
          yield content.subarray(0, STEP + 1000);
          throw new Error("ECONNRESET");
        })(),
      );
      expect((await send(session, `bytes 0-*/${content.length}`, broken)).status).to.equal(500);
      expect(progress(await status(session))).to.deep.equal([308, `bytes=0-${STEP - 1}`]);
      const rest = `bytes ${STEP}-*/${content.length}`;
      expect((await send(session, rest, content.subarray(STEP))).status).to.equal(200);
      expect((await fixture.get("big", "alt=media")).bytes.equals(content)).to.equal(true);
    });

    it("ignore bytes that are here already and refuse to skip any", async () => {
      const session = await begin();
      await send(session, `bytes 0-${STEP - 1}/*`, content.subarray(0, STEP));
      const ahead = await send(session, `bytes ${2 * STEP}-*/*`, content.subarray(2 * STEP));
      expect([ahead.status, ahead.body.error?.message]).to.deep.equal([
        503,
        `Invalid request.  According to the Content-Range header, the upload offset is ${2 * STEP} byte(s), which exceeds already uploaded size of ${STEP} byte(s).`,
      ]);
      expect((await send(session, "bytes 100-*/*", content.subarray(100))).status).to.equal(200);
      expect((await fixture.get("big", "alt=media")).bytes.equals(content)).to.equal(true);
    });

    it("are refused where they contradict the size that was announced", async () => {
      const session = await begin("", { "x-upload-content-length": "10" });
      expect((await send(session, "bytes 0-4/5", Buffer.alloc(5))).status).to.equal(400);
      expect((await send(session, "bytes 0-4/", Buffer.alloc(5))).status).to.equal(400);
    });

    it("look at preconditions when they begin and again when they end", async () => {
      const session = await begin("&ifGenerationMatch=0");
      await fixture.put("big", "faster");
      expect((await send(session, undefined, content)).status).to.equal(412);
      expect(await fixture.read("big")).to.equal("faster");
      const url = `${INSERT}?uploadType=resumable&name=big&ifGenerationMatch=0`;
      expect((await fixture.ask("POST", url)).status).to.equal(412);
    });

    it("go on in the name of who began them for whoever has their address, with or without a token", async () => {
      const begun = await fixture.ask("POST", `${INSERT}?uploadType=resumable&name=given`);
      fixture.cloud.questions.length = 0;
      const { location = "" } = begun.headers;
      const { status } = await fixture.askAnonymously("PUT", location, { body: "by anybody" });
      expect(status).to.equal(200);
      const principals = new Set(fixture.cloud.questions.map(({ principal }) => principal));
      expect([...principals]).to.deep.equal([WRITER]);
      const unknown = location.replace(/upload_id=[^&]*/, "upload_id=nobody-began-it");
      expect((await fixture.askAnonymously("PUT", unknown, { body: "x" })).status).to.equal(410);
      const elsewhere = `${OBJECTS}/given?upload_id=x`;
      expect((await fixture.askAnonymously("PUT", elsewhere, { body: "{}" })).status).to.equal(401);
    });

    it("are gone when they are cancelled, and after a week", async () => {
      const cancelled = await begin();
      expect((await fixture.ask("DELETE", cancelled)).status).to.equal(499);
      expect((await send(cancelled, undefined, content)).status).to.equal(410);
      const forgotten = await begin();
      await fixture.cloud.clock.advance({ seconds: 7 * 24 * 3600 - 1 });
      expect((await status(forgotten)).status).to.equal(308);
      await fixture.cloud.clock.advance({ seconds: 1 });
      expect((await status(forgotten)).status).to.equal(410);
    });
  });

  it("write nothing when the bytes do not arrive", async () => {
    const body = new Readable({ read: () => undefined });
    const written = fixture.ask("POST", `${INSERT}?uploadType=media&name=a`, { body });
    body.destroy(new Error("ECONNRESET"));
    expect((await written).status).to.equal(500);
    expect(await fixture.names()).to.deep.equal([]);
  });
});
