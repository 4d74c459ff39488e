import fc from "fast-check";

/** One request to the enqueuer that deserves a 4xx. */
export interface MalformedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** How the body is sent. `cut`: announced in full, ended by the connection after the bytes that are there. */
  readonly framing: "length" | "chunked" | "cut";
}

const JSON_TYPE = { "content-type": "application/json" };
const VALID = JSON.stringify({
  service: "brain",
  payload: { n: 1.5, text: "ñ" },
  schedule_in_s: 30,
  idempotency_key: "CASE-001",
});

function post(body: Buffer | string, headers: Record<string, string> = {}): MalformedRequest {
  const bytes = Buffer.from(body);
  return {
    method: "POST",
    path: "/enqueue",
    headers: { ...JSON_TYPE, ...headers },
    body: bytes,
    framing: "length",
  };
}

const notAnObject = fc.oneof(
  fc.jsonValue().filter((value) => typeof value !== "object" || Array.isArray(value)),
  fc.constant(null),
);
const notANumber = fc.oneof(fc.string(), fc.boolean(), fc.array(fc.nat()), fc.object());

/** A valid body with one member spoilt. */
const wrongMember = fc
  .oneof(
    fc.record({ service: fc.jsonValue().filter((value) => value !== "brain") }),
    fc.record({ payload: notAnObject }),
    fc.record({ schedule_in_s: fc.oneof(notANumber, fc.double({ max: -1, noNaN: true })) }),
    fc.record({ schedule_in_s: fc.integer({ min: 2_592_001 }) }),
    fc.record({ delay_s: fc.integer({ min: 31, max: 1_000 }) }),
    fc.record({ deadline_s: fc.oneof(notANumber, fc.integer({ max: 14 }), fc.constant(0.5)) }),
    fc.record({ idempotency_key: fc.oneof(fc.constant(""), fc.boolean(), fc.constant("a\nb")) }),
    fc.record({ idempotency_key: fc.constant("k".repeat(501)) }),
    fc.record({ unknown: fc.jsonValue() }),
  )
  .map((difference) => post(JSON.stringify({ ...(JSON.parse(VALID) as object), ...difference })));

const cutShort = fc.nat({ max: Buffer.byteLength(VALID) - 1 }).map((length) => {
  return post(Buffer.from(VALID).subarray(0, length));
});

/** A byte that no UTF-8 text holds, anywhere. */
const brokenBytes = fc
  .tuple(fc.nat({ max: Buffer.byteLength(VALID) }), fc.integer({ min: 0xf8, max: 0xff }))
  .map(([at, byte]) => {
    const text = Buffer.from(VALID);
    return post(Buffer.concat([text.subarray(0, at), Buffer.from([byte]), text.subarray(at)]));
  });

const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => post(Buffer.from(bytes)));
const otherJson = fc.json().map((text) => post(text));

const deep = fc
  .tuple(fc.integer({ min: 600, max: 20_000 }), fc.constantFrom("[", '{"a":'), fc.boolean())
  .map(([levels, open, isClosed]) => {
    const close = isClosed ? (open === "[" ? "]" : "}").repeat(levels) : "";
    return post(`{"service":"brain","payload":${open.repeat(levels)}1${close}}`.slice(0, 100_000));
  });

const tooLarge = fc.integer({ min: 102_401, max: 130_000 }).map((length) => {
  return post(Buffer.alloc(length, 0x20));
});

const wrongType = fc
  .constantFrom(
    "",
    "text/plain",
    "text/html",
    "application/x-www-form-urlencoded",
    "application/cloudevents+json",
    "application/octet-stream",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
    "application/json;charset=iso-8859-1",
  )
  .map((type) => post(VALID, { "content-type": type }));

const wrongEncoding = fc
  .constantFrom("gzip", "deflate", "br", "zstd", "x", "gzip, identity")
  .map((encoding) => post(VALID, { "content-encoding": encoding }));

const wrongMethod = fc
  .constantFrom("GET", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "TRACE")
  .map((method) => ({ ...post(""), method }));

const wrongPath = fc
  .oneof(
    fc.constantFrom(
      "/",
      "/enqueue/",
      "/Enqueue",
      "//enqueue",
      "/favicon.ico",
      "/robots.txt",
      "/%",
      "/%ff%fe",
    ),
    fc.constantFrom(
      "/enqueue%20",
      "/enqueue/../admin",
      "/__proto__",
      "/constructor",
      "*",
      "/enqueue;x",
    ),
    fc.webPath().filter((path) => path !== "/enqueue" && path.startsWith("/")),
  )
  .map((path) => ({ ...post(VALID), path }));

const small = fc.oneof(
  wrongMember,
  cutShort,
  brokenBytes,
  noise,
  otherJson,
  wrongType,
  wrongEncoding,
  wrongMethod,
  wrongPath,
);

function chunked(request: MalformedRequest): MalformedRequest {
  const isBody = request.method === "POST" && request.body.length > 0;
  return isBody ? { ...request, framing: "chunked" } : request;
}

/** A valid request that ends too early, in either framing. */
const cut = fc
  .tuple(fc.nat({ max: Buffer.byteLength(VALID) - 1 }), fc.boolean())
  .map(([length, isChunked]): MalformedRequest => {
    const part = Buffer.from(VALID).subarray(0, length);
    const announced = Buffer.byteLength(VALID);
    // A chunk's size is in hexadecimal (RFC 9112, 7.1).
    return isChunked
      ? {
          ...post(`${announced.toString(16)}\r\n${part.toString()}`, {
            "transfer-encoding": "chunked",
          }),
          framing: "cut",
        }
      : { ...post(part, { "content-length": String(announced) }), framing: "cut" };
  });

/**
 * So many requests that are wrong in one way each; one in fifty is a large one, one in twenty is cut off, and of the others
 * one in four is sent in chunks.
 */
export function malformedRequests(count: number, { seed }: { seed: number }): MalformedRequest[] {
  const large = fc.sample(fc.oneof(deep, tooLarge), { seed, numRuns: Math.ceil(count / 50) });
  const ended = fc.sample(cut, { seed, numRuns: Math.ceil(count / 20) });
  const others = fc.sample(small, { seed, numRuns: count - large.length - ended.length });
  const whole = [...large, ...others].map((request, at) =>
    at % 4 === 0 ? chunked(request) : request,
  );
  return [...whole, ...ended];
}

/** Bytes that are not even HTTP, or an HTTP that nobody should trust. */
export const brokenHttp: fc.Arbitrary<string> = fc.oneof(
  fc.string({ minLength: 1 }).map((text) => `${text}\r\n\r\n`),
  fc.constantFrom(
    "POST /enqueue HTTP/1.1\r\n\r\n",
    "POST /enqueue HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "POST /enqueue HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /enqueue HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "GET /enqueue HTTP/9.9\r\nHost: x\r\n\r\n",
    `GET /${"x".repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: x\r\nX: ${"y".repeat(20_000)}\r\n\r\n`,
    "GET / HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n",
  ),
);
