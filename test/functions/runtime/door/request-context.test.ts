import { expect } from "chai";
import { contextOf } from "../../../../functions/runtime/door/request-context.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("contextOf", () => {
  it("reads traceparent", () => {
    const headers = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
    const trace = { traceId: TRACE, spanId: "b7ad6b7169203331" };
    expect(contextOf(headers)).to.deep.equal({ requestId: TRACE, trace });
  });

  it("reads X-Cloud-Trace-Context, whose span is decimal", () => {
    const trace = { traceId: TRACE, spanId: "00000000000000ff" };
    const header = `${TRACE}/255;o=1`;
    expect(contextOf({ "x-cloud-trace-context": header }).trace).to.deep.equal(trace);
    expect(contextOf({ "x-cloud-trace-context": TRACE }).trace).to.deep.equal({ traceId: TRACE });
  });

  it("prefers a sane X-Request-Id", () => {
    const headers = { "x-request-id": "case-1", "x-cloud-trace-context": TRACE };
    expect(contextOf(headers).requestId).to.equal("case-1");
  });

  it("makes a request id where none is usable", () => {
    for (const id of ["", "a b", "ä", "x".repeat(129), "<script>"]) {
      expect(contextOf({ "x-request-id": id }).requestId).to.match(UUID);
    }
  });

  it("ignores a trace that is none", () => {
    for (const traceparent of ["", "00-xyz", `00-${"0".repeat(32)}-b7ad6b7169203331-01`]) {
      expect(contextOf({ traceparent })).not.to.have.property("trace");
    }
  });
});
