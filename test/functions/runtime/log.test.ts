import { expect } from "chai";
import { createLog, stackOf } from "../../../functions/runtime/log.ts";

const trace = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

function logged(
  project: string | undefined,
  context?: Parameters<ReturnType<typeof createLog>>[0],
) {
  const lines: string[] = [];
  createLog({ role: "enqueuer", project, write: (line) => lines.push(line) })(context)(
    "WARNING",
    "two\nlines",
    { took_ms: 3 },
  );
  expect(lines).to.have.length(1);
  expect(lines[0]).not.to.include("\n");
  return JSON.parse(lines[0] ?? "") as unknown;
}

describe("createLog", () => {
  const entry = {
    severity: "WARNING",
    message: "two\nlines",
    took_ms: 3,
    "logging.googleapis.com/labels": { role: "enqueuer" },
  };

  it("writes one line of JSON with severity, message and role", () => {
    expect(logged("p")).to.deep.equal(entry);
  });

  it("links an entry to its request and trace", () => {
    expect(logged("p", { requestId: "r", trace })).to.deep.equal({
      ...entry,
      request_id: "r",
      "logging.googleapis.com/trace": `projects/p/traces/${trace.traceId}`,
      "logging.googleapis.com/spanId": trace.spanId,
    });
  });

  it("leaves the trace out where the project is not known", () => {
    const expected = { ...entry, request_id: "r" };
    expect(logged(undefined, { requestId: "r", trace })).to.deep.equal(expected);
  });
});

describe("stackOf", () => {
  it("gives the stack of an error, and the text of anything else", () => {
    expect(stackOf(new Error("x")).stack_trace).to.match(/^Error: x\n +at /);
    expect(stackOf("y")).to.deep.equal({ stack_trace: "y" });
  });
});
