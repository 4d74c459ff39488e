import { canonicalJson, sha256 } from "./json.ts";
import type { PipelineRequest, Settings } from "./request.ts";

/** 1 was the original's, which knew neither documents nor sources (scenarioforge contract, 2.4 and 9.19). */
const SIGNATURE_VERSION = 2;

/** Floats, which Python writes with a point. */
const FLOATS: ReadonlySet<string> = new Set(["temperature", "max_failed_ratio"]);

/** Which version of what makes a run. */
export interface Versions {
  readonly pipeline: string;
  readonly app: string;
  readonly scenarioConfig: string;
  readonly pack: string;
  /** Of all prompts. */
  readonly promptManifestSha256: string;
}

/** Trimmed, in lower case, with single spaces; nothing is the empty text. */
export function normalised(text: string | null | undefined): string {
  return (text ?? "").trim().toLowerCase().replaceAll(/\s+/g, " ");
}

/** The same for the same run: what tells it from others, and nothing that does not. */
export function signaturePayload(
  request: PipelineRequest,
  settings: Settings,
  versions: Versions,
): Record<string, unknown> {
  const sources = [...new Set(request.sources.map((url) => new URL(url).href))].sort();
  return {
    signature_version: SIGNATURE_VERSION,
    company: normalised(request.company),
    geography: normalised(request.geography),
    scope: normalised(request.scope),
    value: normalised(request.value),
    pack: normalised(request.pack),
    pipeline_version: normalised(versions.pipeline),
    app_version: normalised(versions.app),
    scenario_config_version: normalised(versions.scenarioConfig),
    pack_version: normalised(versions.pack),
    mode: normalised(settings.mode),
    llm_provider: normalised(settings.llm_provider),
    horizon_months: request.horizon,
    generate_strategies: request.generate_strategies,
    models: {
      llm_model: normalised(settings.llm_model),
      search_model: normalised(settings.search_model),
      summarizer_model: normalised(settings.summarizer_model),
      embed_model: normalised(settings.embed_model),
      image_model: normalised(settings.image_model),
    },
    retriever: {
      allow_web: settings.allow_web,
      sources_policy: normalised(settings.sources_policy),
      source_count: sources.length,
      simulate_evidence: settings.simulate_evidence,
    },
    controls: {
      temperature: settings.temperature,
      seed: settings.seed,
      min_sources_per_domain: settings.min_sources_per_domain,
      min_citations_per_driver: settings.min_citations_per_driver,
      min_forces: settings.min_forces,
      min_forces_per_domain: settings.min_forces_per_domain,
      min_evidence_ok: settings.min_evidence_ok,
      min_evidence_total: settings.min_evidence_total,
      max_failed_ratio: settings.max_failed_ratio,
      forbid_fixture_citations: settings.forbid_fixture_citations,
    },
    sources,
    documents: [...new Set(request.input_docs.map((each) => each.sha256))].sort(),
    prompt_manifest_sha256: versions.promptManifestSha256,
  };
}

export function signatureOf(payload: unknown): string {
  return sha256(canonicalJson(payload, FLOATS));
}

/** Of prompts by their names and hashes; where they lie does not count. */
export function promptManifestSha256(
  prompts: readonly { readonly name: string; readonly sha256: string }[],
): string {
  return sha256(canonicalJson(prompts.toSorted((a, b) => (a.name < b.name ? -1 : 1))));
}
