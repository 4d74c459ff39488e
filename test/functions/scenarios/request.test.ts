import { expect } from "chai";
import * as v from "valibot";
import {
  BuildRequest,
  isLive,
  settingsOf,
  SomeSettings,
} from "../../../functions/scenarios/request.ts";

const GENUINE = { scope: "world", value: "World", horizon: 60 };
const MODELS = { model: "gemini-3.6-flash", embedModel: "gemini-embedding-001" };

describe("BuildRequest", () => {
  it("fills in what is not said, and passes over what it does not know", () => {
    expect(v.parse(BuildRequest, { ...GENUINE, value: " World ", colour: "red" })).to.deep.equal({
      ...GENUINE,
      mock: true,
      generate_strategies: true,
      force: false,
      rerun: false,
    });
  });

  const taken: [what: string, members: object][] = [
    ["the shortest horizon", { horizon: 36 }],
    ["the longest horizon", { horizon: 120 }],
    ["other scripts", { company: "Société 日本 🏭" }],
    ["ends of lines", { company: "A\n\tB" }],
    ["null for nothing", { company: null, run_id: null, sources: null, mock: null }],
    ["URLs of the web", { sources: ["http://example.com", "https://example.com/?q=é"] }],
    ["a node in capitals", { resume_from: "Forces" }],
    ["50 documents", { input_docs: Array(50).fill("0".repeat(32)) }],
  ];
  for (const [what, members] of taken) {
    it(`takes ${what}`, () => {
      expect(v.is(BuildRequest, { ...GENUINE, ...members })).to.equal(true);
    });
  }

  const refused: [what: string, members: object][] = [
    ["another scope", { scope: "moon" }],
    ["a horizon that is too short", { horizon: 35 }],
    ["a horizon that is too long", { horizon: 121 }],
    ["a horizon in part", { horizon: 60.5 }],
    ["a horizon in words", { horizon: "60" }],
    ["an empty value", { value: "  " }],
    ["a company of 201 characters", { company: "a".repeat(201) }],
    ["control characters", { company: "a\u0000b" }],
    ["what turns text around and is half a character", { company: "a\ud800" }],
    ["an id that leads out", { run_id: "../r1" }],
    ["an id of 65 characters", { run_id: "a".repeat(65) }],
    ["files for sources", { sources: ["file:///etc/passwd"] }],
    ["other schemes for sources", { sources: ["ftp://example.com/"] }],
    ["sources with a user", { sources: ["https://user@example.com/"] }],
    ["sources with a password", { sources: ["https://:secret@example.com/"] }],
    ["sources that are no URL", { sources: ["example.com"] }],
    ["sources without an end", { sources: [`https://example.com/${"a".repeat(2_000)}`] }],
    ["51 sources", { sources: Array(51).fill("https://example.com/") }],
    ["51 documents", { input_docs: Array(51).fill("0".repeat(32)) }],
    ["paths for documents", { input_docs: ["/etc/passwd"] }],
    ["a model of others", { settings_overrides: { llm_model: "gpt-5" } }],
    ["a temperature beyond 2", { settings_overrides: { temperature: 2.1 } }],
    ["a setting that is none", { settings_overrides: { colour: "red" } }],
    ["settings that are a list", { settings_overrides: [] }],
  ];
  for (const [what, members] of refused) {
    it(`refuses ${what}`, () => {
      expect(v.is(BuildRequest, { ...GENUINE, ...members })).to.equal(false);
    });
  }
});

describe("settingsOf", () => {
  it("goes by the request, then by mock, then by the tenant, then by the defaults", () => {
    const tenant = { temperature: 1, min_forces: 5, mode: "live" } as const;
    const own = { min_forces: 7 };
    const mocked = settingsOf({ mock: true, settings_overrides: own }, tenant, MODELS);
    expect([mocked.temperature, mocked.min_forces, mocked.mode]).to.deep.equal([1, 7, "demo"]);
    const live = settingsOf({ mock: false, settings_overrides: null }, tenant, MODELS);
    expect([live.temperature, live.min_forces, live.mode, live.llm_model]).to.deep.equal([
      1,
      5,
      "live",
      "gemini-3.6-flash",
    ]);
  });

  it("takes null for a setting that is not said", () => {
    expect(v.parse(SomeSettings, { temperature: null, seed: null })).to.deep.equal({});
  });
});

describe("isLive", () => {
  it("is what spends a key, whatever mock says", () => {
    const of = (overrides: SomeSettings, mock = true) =>
      isLive(settingsOf({ mock, settings_overrides: overrides }, {}, MODELS));
    expect([
      of({}),
      of({}, false),
      of({ mode: "live" }),
      of({ llm_provider: "gemini" }),
      of({ mode: "demo" }, false),
      of({ mode: "demo", llm_provider: "mock" }, false),
    ]).to.deep.equal([false, true, true, true, true, false]);
  });
});
