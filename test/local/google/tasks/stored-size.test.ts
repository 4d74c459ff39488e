import { protos } from "@google-cloud/tasks";
import { expect } from "chai";
import fc from "fast-check";
import { storedSize } from "../../../../local/google/tasks/stored-size.ts";
import { protoTime } from "../../../../local/google/tasks/time.ts";

const { HttpMethod, Task } = protos.google.cloud.tasks.v2;

describe("storedSize", () => {
  it("is the length of Google's own encoding", () => {
    // Not empty: protobufjs writes an empty string that is set, proto3 leaves it out.
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 100 });
    const task = fc.record({
      name: fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 }),
      createdAt: fc.integer({ min: 0, max: 4e9 }).map((seconds) => seconds * 1000),
      dueAt: fc.integer({ min: 0, max: 4e12 }),
      dispatchDeadlineMs: fc.integer({ min: 15_000, max: 1_800_000 }),
      request: fc.record({
        url: fc.webUrl(),
        headers: fc.dictionary(text, text),
        body: fc.integer({ min: 0, max: 70_000 }).map((length) => Buffer.alloc(length, 1)),
        oidcToken: fc.option(
          fc.record({ serviceAccountEmail: fc.string({ minLength: 1 }), audience: fc.string() }),
          { nil: undefined },
        ),
      }),
    });
    fc.assert(
      fc.property(task, (given) => {
        const { request } = given;
        const encoded = Task.encode({
          name: given.name,
          httpRequest: {
            url: request.url,
            httpMethod: HttpMethod.POST,
            headers: request.headers,
            ...(request.body.length === 0 ? {} : { body: request.body }),
            ...(request.oidcToken === undefined ? {} : { oidcToken: tokenOf(request.oidcToken) }),
          },
          createTime: compact(given.createdAt),
          scheduleTime: compact(given.dueAt),
          dispatchDeadline: compact(given.dispatchDeadlineMs),
        }).finish();
        expect(storedSize(given)).to.equal(encoded.length);
      }),
    );
  });
});

/** Zeros left out, as proto3 does and protobufjs with a given value does not. */
function compact(millis: number): { seconds?: number; nanos?: number } {
  const { seconds, nanos } = protoTime(millis);
  return { ...(seconds === 0 ? {} : { seconds }), ...(nanos === 0 ? {} : { nanos }) };
}

function tokenOf({
  serviceAccountEmail,
  audience,
}: {
  serviceAccountEmail: string;
  audience: string;
}) {
  return { serviceAccountEmail, ...(audience === "" ? {} : { audience }) };
}
