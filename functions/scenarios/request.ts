// What a run is asked for: the body of POST /build and the settings that come of it (scenarioforge contract, 1.1 and 6.4).
import * as v from "valibot";
import { RunId } from "../messages/scenario-names.ts";
import { ModelName } from "./env.ts";

/** What a request may hold at most: characters, months, items. */
export const LIMITS = {
  words: 200,
  minHorizon: 36,
  maxHorizon: 120,
  sources: 50,
  sourceLength: 2_000,
  documents: 50,
} as const;

/** Opaque: names an uploaded document of the same tenant, and never a path. */
export const UploadId = v.pipe(
  v.string("must be a string"),
  v.regex(/^[0-9a-f]{32}$/, "must be the id of an uploaded file"),
);

// eslint-disable-next-line no-control-regex -- these are the characters to keep out
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** Text for people: no control characters but the ends of lines. */
const Words = (max: number) =>
  v.pipe(
    v.string("must be a string"),
    v.maxLength(max, `must have at most ${max} characters`),
    v.check((text) => !CONTROL.test(text), "must not hold control characters"),
    v.check((text) => text.isWellFormed(), "must be well-formed Unicode"),
  );

const SourceUrl = v.pipe(
  v.string("must be a string"),
  v.maxLength(LIMITS.sourceLength, `must have at most ${LIMITS.sourceLength} characters`),
  v.check(isWebUrl, "must be an http(s) URL without a user name"),
);

function isWebUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}

const Count = v.pipe(
  v.number("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(0, "must not be negative"),
  v.maxValue(1_000, "must be at most 1000"),
);
const Ratio = v.pipe(
  v.number("must be a number"),
  v.minValue(0, "must not be negative"),
  v.maxValue(1, "must be at most 1"),
);
const Truth = v.boolean("must be true or false");

/** Settings of the pipeline. */
export const Settings = v.object({
  mode: v.picklist(["demo", "live"], "must be demo or live"),
  llm_provider: v.picklist(["mock", "gemini"], "must be mock or gemini"),
  gemini_model: ModelName,
  llm_model: ModelName,
  search_model: ModelName,
  summarizer_model: ModelName,
  embed_model: v.union([v.literal("local-hash-256"), ModelName], "must be an embedding model"),
  image_model: v.union([v.literal("off"), ModelName], "must be off or a Gemini model"),
  temperature: v.pipe(
    v.number("must be a number"),
    v.minValue(0, "must be 0 to 2"),
    v.maxValue(2, "must be 0 to 2"),
  ),
  sources_policy: v.picklist(
    ["fixtures", "academic_only", "mixed_reputable"],
    "must be fixtures, academic_only or mixed_reputable",
  ),
  allow_web: Truth,
  min_sources_per_domain: Count,
  min_citations_per_driver: Count,
  min_forces: Count,
  min_forces_per_domain: Count,
  min_evidence_ok: Count,
  min_evidence_total: Count,
  max_failed_ratio: v.nullable(Ratio),
  forbid_fixture_citations: Truth,
  simulate_evidence: Truth,
  seed: v.nullable(v.pipe(v.number("must be a number"), v.integer("must be a whole number"))),
});
export type Settings = v.InferOutput<typeof Settings>;

/** Some of them; null counts as absent. What is no setting is refused. */
export const SomeSettings = v.pipe(
  v.custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "must be a JSON object",
  ),
  v.transform((given) =>
    Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)),
  ),
  v.strictObject(v.partial(Settings).entries),
);
export type SomeSettings = v.InferOutput<typeof SomeSettings>;

/** The body of POST /build. Members that are not listed are ignored; null counts as absent. */
export const BuildRequest = v.object({
  scope: v.picklist(["world", "region", "country"], "must be world, region or country"),
  value: v.pipe(Words(LIMITS.words), v.trim(), v.nonEmpty("must not be empty")),
  horizon: v.pipe(
    v.number("must be a number of months"),
    v.integer("must be a whole number of months"),
    v.minValue(LIMITS.minHorizon, `must be at least ${LIMITS.minHorizon}`),
    v.maxValue(LIMITS.maxHorizon, `must be at most ${LIMITS.maxHorizon}`),
  ),
  company: v.nullish(Words(LIMITS.words)),
  geography: v.nullish(Words(LIMITS.words)),
  pack: v.nullish(Words(100)),
  run_id: v.nullish(RunId),
  /** A node's name. Whether it is one is judged with the run (contract, 9.18). */
  resume_from: v.nullish(v.pipe(v.string("must be a string"), v.maxLength(100), v.toLowerCase())),
  /** Where evidence is looked for. Default: wherever the pipeline finds some. */
  sources: v.nullish(
    v.pipe(
      v.array(SourceUrl, "must be a list"),
      v.maxLength(LIMITS.sources, `must have at most ${LIMITS.sources} addresses`),
    ),
  ),
  /** Ids of uploads. */
  input_docs: v.nullish(
    v.pipe(
      v.array(UploadId, "must be a list"),
      v.maxLength(LIMITS.documents, `must have at most ${LIMITS.documents} files`),
    ),
  ),
  mock: v.nullish(Truth, true),
  generate_strategies: v.nullish(Truth, true),
  settings_overrides: v.nullish(SomeSettings),
  force: v.nullish(Truth, false),
  rerun: v.nullish(Truth, false),
});
export type BuildRequest = v.InferOutput<typeof BuildRequest>;

/** The environment's part in settings. */
export interface Models {
  readonly model: string;
  readonly embedModel: string;
}

/**
 * The settings of a run: defaults, then the tenant's, then what `mock` says, then the request's own. The minimums of a
 * mock run are those that its made-up evidence meets.
 */
export function settingsOf(
  { mock, settings_overrides: overrides }: Pick<BuildRequest, "mock" | "settings_overrides">,
  tenantSettings: SomeSettings,
  { model, embedModel }: Models,
): Settings {
  const defaults: Settings = {
    mode: "live",
    llm_provider: "gemini",
    gemini_model: model,
    llm_model: model,
    search_model: model,
    summarizer_model: model,
    embed_model: embedModel,
    image_model: "off",
    temperature: 0.2,
    sources_policy: "mixed_reputable",
    allow_web: true,
    min_sources_per_domain: 8,
    min_citations_per_driver: 2,
    min_forces: 60,
    min_forces_per_domain: 10,
    min_evidence_ok: 10,
    min_evidence_total: 15,
    max_failed_ratio: 0.4,
    forbid_fixture_citations: true,
    simulate_evidence: false,
    seed: null,
  };
  const mocked: Partial<Settings> = mock
    ? {
        mode: "demo",
        llm_provider: "mock",
        embed_model: "local-hash-256",
        sources_policy: "fixtures",
        allow_web: false,
        simulate_evidence: true,
        min_evidence_ok: 1,
        min_evidence_total: 1,
        min_forces: 1,
        min_forces_per_domain: 0,
      }
    : { mode: "live" };
  return { ...defaults, ...tenantSettings, ...mocked, ...overrides };
}

/** Whether a run with these settings spends an LLM key, whatever `mock` said. */
export function isLive({ mode, llm_provider: provider }: Settings): boolean {
  return mode === "live" || provider === "gemini";
}

/** request.json: what the pipeline is to work on, beside the settings in run_config.json. */
export const PipelineRequest = v.object({
  scope: v.string(),
  value: v.string(),
  horizon: v.number(),
  company: v.nullable(v.string()),
  geography: v.nullable(v.string()),
  pack: v.nullable(v.string()),
  generate_strategies: v.boolean(),
  sources: v.array(v.string()),
  input_docs: v.array(v.object({ id: UploadId, name: v.string(), sha256: v.string() })),
});
export type PipelineRequest = v.InferOutput<typeof PipelineRequest>;

/** Where a run's world is: what `geography` says, else the place that it is about. */
export function geographyOf({
  scope,
  value,
  geography,
}: Pick<PipelineRequest, "scope" | "value"> & { readonly geography?: string | null }): string {
  const named = geography?.trim() ?? "";
  if (named !== "") return named;
  return scope === "world" ? "Global" : value;
}
