import { expect } from "chai";
import { ACME_KEY, Api, BUILD, type Asked } from "./api.ts";

describe("every refusal", () => {
  let api: Api;
  before(async () => {
    api = await Api.start();
  });
  after(() => api.stop());

  const key = ACME_KEY;
  const text = { "content-type": "text/plain" };
  const form = { "content-type": "multipart/form-data; boundary=x" };
  const refusals: [
    what: string,
    method: string,
    path: string,
    asked: Asked,
    status: number,
    detail: unknown,
  ][] = [
    ["no such path", "GET", "/nothing", {}, 404, "There is nothing at GET /nothing."],
    ["no such method", "PUT", "/runs", { body: "" }, 405, "/runs answers GET, HEAD, not PUT."],
    ["OPTIONS", "OPTIONS", "/build", {}, 405, "/build answers POST, not OPTIONS."],
    [
      "too large a body",
      "POST",
      "/build",
      { key, body: "x".repeat(262_145) },
      413,
      "The body is larger than 262144 bytes.",
    ],
    [
      "another type",
      "POST",
      "/build",
      { key, headers: text, body: "{}" },
      415,
      "The Content-Type must be application/json.",
    ],
    [
      "no JSON",
      "POST",
      "/chat",
      { key, body: "{" },
      400,
      "The body is not valid JSON (position 1).",
    ],
    ["an empty body", "POST", "/chat", { key, body: "" }, 400, "The body is empty."],
    ["no object", "POST", "/chat", { key, body: "[]" }, 422, "The body must be a JSON object."],
    [
      "too deep a body",
      "POST",
      "/chat",
      { key, body: `{"a":${"[".repeat(501)}${"]".repeat(501)}}` },
      422,
      "The body is nested deeper than 500 levels.",
    ],
    [
      "no form",
      "POST",
      "/upload",
      { key, headers: form, body: "x" },
      400,
      "The body is not a valid form.",
    ],
    [
      "another scope",
      "POST",
      "/build",
      { key, body: { ...BUILD, scope: "moon", horizon: undefined } },
      422,
      [
        { type: "value_error", loc: ["body", "scope"], msg: "must be world, region or country" },
        { type: "missing", loc: ["body", "horizon"], msg: "is required" },
      ],
    ],
    [
      "a setting that is none",
      "POST",
      "/build",
      { key, body: { ...BUILD, settings_overrides: { colour: "red" } } },
      422,
      [
        {
          type: "value_error",
          loc: ["body", "settings_overrides", "colour"],
          msg: "is not known here",
        },
      ],
    ],
    [
      "a fault of ours",
      "POST",
      "/build",
      { key, body: BUILD },
      500,
      "Something went wrong on our side.",
    ],
  ];
  for (const [what, method, path, asked, status, detail] of refusals) {
    it(`has a detail where clients of the original look for it: ${what}`, async () => {
      api.hasQueue = false;
      const answer = await api.ask(method, path, asked);
      const { request_id: id, ...body } = answer.body;
      const { message } = body.error as { message: string };
      expect([answer.status, body.detail, body.ok]).to.deep.equal([status, detail, false]);
      expect(id).to.be.a("string");
      if (typeof detail === "string") expect(message).to.equal(detail);
    });
  }
});
