import { expect } from "chai";
import fc from "fast-check";
import { receive } from "../../../functions/plan-app/receive.ts";
import { HttpError } from "../../../functions/runtime/errors.ts";
import { GUID, PlanAppWorld } from "../../support/plan-app-ports.ts";
import {
  checkRunEvent,
  commentEvent,
  headersOf,
  pullRequestEvent,
  signatureOf,
} from "../../support/webhooks.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const WEBHOOKS = 10_000;

const EVENTS = [
  "pull_request",
  "check_run",
  "check_suite",
  "issue_comment",
  "installation",
  "installation_repositories",
  "ping",
  "push",
];

const genuine = fc.constantFrom<object>(
  pullRequestEvent("opened"),
  pullRequestEvent("labeled", {}, { label: { name: "run-plan" } }),
  pullRequestEvent("edited", {}, { changes: { base: {} } }),
  checkRunEvent("plan: a"),
  commentEvent("/plan a"),
  { action: "created", installation: { id: 1, account: { login: "octo" } } },
);

/** A genuine event with something else at one of its places. */
const distorted = fc.tuple(genuine, fc.nat(), fc.jsonValue()).map(([event, at, value]) => {
  const copy = structuredClone(event) as Record<string, unknown>;
  const places = placesOf(copy);
  const [holder, key] = places[at % places.length] ?? [copy, "action"];
  holder[key] = value;
  return JSON.stringify(copy);
});

function placesOf(value: Record<string, unknown>): [Record<string, unknown>, string][] {
  return Object.entries(value).flatMap(([key, inner]) => [
    [value, key] as [Record<string, unknown>, string],
    ...(typeof inner === "object" && inner !== null
      ? placesOf(inner as Record<string, unknown>)
      : []),
  ]);
}

const body = fc.oneof(
  distorted,
  fc.json(),
  fc.string(),
  fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("latin1")),
  fc.constantFrom(
    "[".repeat(20_000),
    `{"action":"opened","pull_request":${"[".repeat(600)}${"]".repeat(600)}}`,
  ),
);

/** The status of an answer; what is thrown besides a refusal is a crash. */
async function statusOf(
  headers: Record<string, string>,
  sent: string,
  world: PlanAppWorld,
): Promise<number> {
  try {
    const incoming = { headers, body: Buffer.from(sent), log: () => undefined };
    return (await receive(incoming, world)).status;
  } catch (error) {
    if (error instanceof HttpError) return error.status;
    throw error;
  }
}

describe("receive", () => {
  it(`survives ${WEBHOOKS} malformed webhooks, and answers none with 5xx`, async () => {
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...EVENTS), body, async (event, sent) => {
        const world = new PlanAppWorld();
        const status = await statusOf(headersOf(event, sent), sent, world);
        statuses.add(status);
        expect(status).to.be.below(500);
      }),
      { numRuns: WEBHOOKS, seed: 3 },
    );
    expect([...statuses].sort()).to.deep.equal([200, 202, 400, 422]);
  });

  it("survives any headers", async () => {
    const header = fc.option(fc.string(), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(header, header, header, async (event, delivery, signature) => {
        const all = {
          "x-github-event": event,
          "x-github-delivery": delivery,
          "x-hub-signature-256": signature,
        };
        const sent = Object.entries(all).filter(
          (each): each is [string, string] => each[1] !== undefined,
        );
        const status = await statusOf(Object.fromEntries(sent), "{}", new PlanAppWorld());
        expect(status).to.be.oneOf([400, 401]);
      }),
      { numRuns: 2_000 },
    );
  });

  it("takes what is signed with the secret, and nothing else", async () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(bytes, bytes, fc.string({ minLength: 1 }), async (sent, other, secret) => {
        const status = async (signature: string): Promise<number> => {
          const headers = {
            "x-github-event": "ping",
            "x-github-delivery": GUID,
            "x-hub-signature-256": signature,
          };
          const incoming = { headers, body: Buffer.from(sent), log: () => undefined };
          const error = await thrownBy(() =>
            receive(incoming, new PlanAppWorld()).then(() => {
              throw new HttpError(200, "ok", "ok");
            }),
          );
          return error instanceof HttpError ? error.status : 0;
        };
        const good = signatureOf(Buffer.from(sent));
        expect(await status(good)).not.to.equal(401);
        expect(await status(signatureOf(Buffer.from(sent), secret))).to.equal(401);
        expect(await status(good.toUpperCase())).to.equal(401);
        expect(await status(good.slice(0, -1))).to.equal(401);
        if (!Buffer.from(sent).equals(Buffer.from(other))) {
          expect(await status(signatureOf(Buffer.from(other)))).to.equal(401);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("shows a body to no parser before its signature is checked", async () => {
    const { parse } = JSON;
    const Decoder = TextDecoder;
    let parsed = 0;
    JSON.parse = (...input: Parameters<typeof parse>): unknown => {
      parsed += 1;
      return parse(...input);
    };
    globalThis.TextDecoder = class extends Decoder {
      override decode(...input: Parameters<InstanceType<typeof Decoder>["decode"]>): string {
        parsed += 1;
        return super.decode(...input);
      }
    };
    try {
      const sent = JSON.stringify(pullRequestEvent("opened"));
      const bad = {
        ...headersOf("pull_request", sent),
        "x-hub-signature-256": signatureOf(sent, "guess"),
      };
      expect(await statusOf(bad, sent, new PlanAppWorld())).to.equal(401);
      expect(parsed).to.equal(0);
      expect(await statusOf(headersOf("pull_request", sent), sent, new PlanAppWorld())).to.equal(
        202,
      );
      expect(parsed).to.be.greaterThan(0);
    } finally {
      JSON.parse = parse;
      globalThis.TextDecoder = Decoder;
    }
  });
});
