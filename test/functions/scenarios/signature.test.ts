import { expect } from "chai";
import fc from "fast-check";
import { settingsOf } from "../../../functions/scenarios/request.ts";
import type { PipelineRequest, Settings } from "../../../functions/scenarios/request.ts";
import {
  normalised,
  promptManifestSha256,
  signatureOf,
  signaturePayload,
} from "../../../functions/scenarios/signature.ts";
import type { Versions } from "../../../functions/scenarios/signature.ts";

/** The payload of a run of the original's, with its signature (scenarioforge contract, 2.4). */
const V1 =
  '{"app_version":"","company":"acme","controls":{"forbid_fixture_citations":true,"max_failed_ratio":0.4,"min_citations_per_driver":2,"min_evidence_ok":1,"min_evidence_total":1,"min_forces":1,"min_forces_per_domain":0,"min_sources_per_domain":8,"seed":null,"temperature":0.2},"generate_strategies":true,"geography":"united states","horizon_months":60,"llm_provider":"mock","mode":"demo","models":{"embed_model":"local-hash-256","image_model":"gemini-2.5-flash-image","llm_model":"gemini-3-flash-preview","search_model":"gemini-3-flash-preview","summarizer_model":"gemini-3-flash-preview"},"pack":"","pack_version":"","pipeline_version":"v1","prompt_manifest_sha256":"96e7d728029ded0b9afdf23a0aedd1c20c5005e89b4dffcd40fb7fc7b3da7511","retriever":{"allow_web":false,"simulate_evidence":true,"source_count":3,"sources_policy":"fixtures"},"scenario_config_version":"","scope":"country","value":"united states"}';

interface Payload {
  readonly controls: Record<string, unknown>;
  readonly [key: string]: unknown;
}

describe("signatureOf", () => {
  it("is the original's for the original's payload", () => {
    expect(signatureOf(JSON.parse(V1))).to.equal(
      "268f22453a36710d5d295e5f56ad94581a4b42c5beedeca6766ff5527cab65ba",
    );
  });

  it("writes other scripts and whole floats as the original did", () => {
    const payload = JSON.parse(V1) as Payload;
    const controls = { ...payload.controls, temperature: 1, max_failed_ratio: null };
    const company = normalised("  Société  Générale 日本");
    expect(signatureOf({ ...payload, company, controls })).to.equal(
      "3dadccc2db8c45566d8dea24280912fd20b2f5579eec077bd702cc565ba02b74",
    );
  });
});

const request: PipelineRequest = {
  scope: "country",
  value: "United States",
  horizon: 60,
  company: "Acme",
  geography: null,
  pack: null,
  generate_strategies: true,
  sources: ["https://example.com/a"],
  input_docs: [{ id: "0".repeat(32), name: "a.txt", sha256: "1".repeat(64) }],
};
const settings = settingsOf(
  { mock: true, settings_overrides: null },
  {},
  { model: "gemini-3.6-flash", embedModel: "gemini-embedding-001" },
);
const versions: Versions = {
  pipeline: "v1",
  app: "",
  scenarioConfig: "",
  pack: "",
  promptManifestSha256: "2".repeat(64),
};
const signed = (
  of: Partial<PipelineRequest> = {},
  with_: Partial<Settings> = {},
  at: Partial<Versions> = {},
): string =>
  signatureOf(
    signaturePayload({ ...request, ...of }, { ...settings, ...with_ }, { ...versions, ...at }),
  );

describe("signaturePayload", () => {
  const others: [what: string, signature: () => string][] = [
    ["another company", () => signed({ company: "Acme Inc" })],
    ["another geography", () => signed({ geography: "Norway" })],
    ["another scope", () => signed({ scope: "region" })],
    ["another horizon", () => signed({ horizon: 61 })],
    ["no strategies", () => signed({ generate_strategies: false })],
    ["other source URLs, as many", () => signed({ sources: ["https://example.com/b"] })],
    [
      "another document under the same name",
      () => signed({ input_docs: [{ id: "0".repeat(32), name: "a.txt", sha256: "3".repeat(64) }] }),
    ],
    ["another model", () => signed({}, { llm_model: "gemini-3.5-flash" })],
    ["another temperature", () => signed({}, { temperature: 1 })],
    ["another mode", () => signed({}, { mode: "live" })],
    ["another pipeline", () => signed({}, {}, { pipeline: "v2" })],
    ["other prompts", () => signed({}, {}, { promptManifestSha256: "4".repeat(64) })],
  ];
  it("tells runs apart", () => {
    const signatures = [signed(), ...others.map(([, signature]) => signature())];
    expect(new Set(signatures).size).to.equal(signatures.length);
  });

  it("does not look at spelling, order, repetition, or under which id a document was uploaded", () => {
    const [document] = request.input_docs;
    const same = signed({
      company: "  ACME ",
      sources: ["https://EXAMPLE.com/a", "https://example.com/a"],
      input_docs: [{ id: "9".repeat(32), name: "b.txt", sha256: document?.sha256 ?? "" }],
    });
    expect(same).to.equal(signed());
  });

  it("is the same whenever it is asked", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (company) => {
        expect(signed({ company })).to.equal(signed({ company }));
      }),
    );
  });
});

describe("promptManifestSha256", () => {
  it("looks at names and hashes, in any order", () => {
    const one = { name: "a", sha256: "1" };
    const two = { name: "b", sha256: "2" };
    expect(promptManifestSha256([one, two])).to.equal(promptManifestSha256([two, one]));
    expect(promptManifestSha256([one])).not.to.equal(promptManifestSha256([two]));
  });
});
