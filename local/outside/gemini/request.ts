/** What generateContent is asked: ai.google.dev/api/generate-content. What is not supported here is refused by its name. */
import * as v from "valibot";
import { invalid } from "./errors.ts";
import { message, messageOf } from "./message.ts";
import { groundsJson, type ModelKind } from "./models.ts";

const MIME_TYPES = ["text/plain", "application/json", "text/x.enum"] as const;

const empty = message({});
const anyCase = <const Names extends readonly string[]>(names: Names) =>
  v.pipe(
    v.string(),
    v.transform((name) => name.toUpperCase()),
    v.picklist(names),
  );
const blob = message({
  mimeType: v.pipe(v.string(), v.regex(/^[a-z]+\/[\w.+-]+$/)),
  data: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/_-]*={0,2}$/)),
});
const part = message({
  text: v.optional(v.string()),
  inlineData: v.optional(blob),
  thought: v.optional(v.boolean()),
  thoughtSignature: v.optional(v.string()),
});
export const content = message({
  role: v.optional(v.string()),
  parts: v.optional(v.array(part), []),
});

const generationConfig = message({
  temperature: v.optional(v.number()),
  topP: v.optional(v.number()),
  topK: v.optional(v.number()),
  seed: v.optional(v.pipe(v.number(), v.integer())),
  candidateCount: v.optional(v.pipe(v.number(), v.integer()), 1),
  maxOutputTokens: v.optional(v.pipe(v.number(), v.integer())),
  stopSequences: v.optional(v.pipe(v.array(v.string()), v.maxLength(5))),
  responseMimeType: v.optional(v.string(), "text/plain"),
  responseSchema: v.optional(v.unknown()),
  responseJsonSchema: v.optional(v.unknown()),
  responseModalities: v.optional(v.array(anyCase(["TEXT", "IMAGE"]))),
  imageConfig: v.optional(
    message({ aspectRatio: v.optional(v.string()), imageSize: v.optional(v.string()) }),
  ),
  thinkingConfig: v.optional(
    message({
      includeThoughts: v.optional(v.boolean()),
      thinkingBudget: v.optional(v.pipe(v.number(), v.integer())),
      thinkingLevel: v.optional(anyCase(["MINIMAL", "LOW", "MEDIUM", "HIGH"])),
    }),
  ),
});

const generateContent = message({
  contents: v.optional(v.array(content), []),
  systemInstruction: v.optional(content),
  generationConfig: v.optional(generationConfig),
  safetySettings: v.optional(v.array(message({ category: v.string(), threshold: v.string() }))),
  tools: v.optional(v.array(message({ googleSearch: empty }))),
});

export type Content = v.InferOutput<typeof content>;

/** A request that is answered. */
export interface Asked {
  readonly model: string;
  /** All texts of it, the last turn last. */
  readonly prompt: string;
  /** The text of the last turn. */
  readonly question: string;
  /** The same for the same request: what chance begins with. */
  readonly seed: string;
  readonly format: "text" | "json" | "enum";
  /** Undefined: any text, or any JSON. */
  readonly schema: unknown;
  readonly maxOutputTokens: number | undefined;
  readonly stopSequences: readonly string[];
  readonly includesThoughts: boolean;
  readonly searches: boolean;
  /** Undefined where no image is wanted. */
  readonly image: { readonly aspectRatio: string; readonly withText: boolean } | undefined;
}

/** Throws a GeminiError. */
export function askedOf(body: unknown, model: string, kind: ModelKind): Asked {
  const read = messageOf(generateContent, body);
  const config: v.InferOutput<typeof generationConfig> =
    read.generationConfig ?? messageOf(generationConfig, {});
  checkContents(read.contents);
  checkConfig(config);
  const format = formatOf(config.responseMimeType);
  const schema = config.responseJsonSchema ?? config.responseSchema;
  if (schema !== undefined && format === "text") {
    throw invalid(
      "A response schema needs the response mime type application/json or text/x.enum.",
    );
  }
  const searches = (read.tools ?? []).length > 0;
  if (searches && format !== "text" && !groundsJson(model)) {
    throw invalid(
      `Tool use with a response mime type: '${config.responseMimeType}' is unsupported`,
    );
  }
  const instruction = read.systemInstruction === undefined ? [] : [read.systemInstruction];
  return {
    model,
    prompt: [...instruction, ...read.contents].map(textOf).join("\n"),
    question: read.contents.slice(-1).map(textOf).join(""),
    seed: `${model}\n${JSON.stringify(body)}`,
    format,
    schema,
    maxOutputTokens: config.maxOutputTokens,
    stopSequences: config.stopSequences ?? [],
    includesThoughts: config.thinkingConfig?.includeThoughts === true,
    searches,
    image: imageOf(config, kind),
  };
}

export function textOf({ parts }: Content): string {
  return parts.map(({ text = "" }) => text).join("\n");
}

function checkContents(contents: readonly Content[]): void {
  if (contents.length === 0) {
    throw invalid("* GenerateContentRequest.contents: contents is not specified\n");
  }
  for (const [i, { role = "user", parts }] of contents.entries()) {
    if (role !== "user" && role !== "model") {
      throw invalid("Please use a valid role: user, model.");
    }
    if (parts.length === 0) {
      throw invalid(
        `* GenerateContentRequest.contents[${i}].parts: contents.parts must not be empty.\n`,
      );
    }
    if (parts.some(({ text, inlineData }) => (text === undefined) === (inlineData === undefined))) {
      throw invalid(
        `* GenerateContentRequest.contents[${i}].parts: contents.parts.data: required oneof field 'data' must have one initialized field\n`,
      );
    }
  }
}

function checkConfig(config: v.InferOutput<typeof generationConfig>): void {
  const { temperature = 1, topP = 1, candidateCount, maxOutputTokens = 1, thinkingConfig } = config;
  const problem = (name: string, text: string) =>
    invalid(`* GenerateContentRequest.generation_config.${name}: ${text}\n`);
  if (temperature < 0 || temperature > 2) {
    throw problem("temperature", "temperature must be in the range [0.0, 2.0].");
  }
  if (topP < 0 || topP > 1) throw problem("top_p", "top_p must be in the range [0.0, 1.0].");
  if (maxOutputTokens < 1) {
    throw problem("max_output_tokens", "max_output_tokens must be positive.");
  }
  if (candidateCount !== 1) throw invalid("Multiple candidates is not enabled for this model");
  if (config.responseSchema !== undefined && config.responseJsonSchema !== undefined) {
    throw problem("response_schema", "only one of response_schema and response_json_schema.");
  }
  if (thinkingConfig?.thinkingBudget !== undefined && thinkingConfig.thinkingLevel !== undefined) {
    throw invalid("You can only set only one of thinking budget and thinking level.");
  }
}

function formatOf(mimeType: string): Asked["format"] {
  switch (mimeType) {
    case "text/plain":
      return "text";
    case "application/json":
      return "json";
    case "text/x.enum":
      return "enum";
    default:
      throw invalid(
        `* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are ${MIME_TYPES.map((each) => `\`${each}\``).join(", ")}.\n`,
      );
  }
}

const ASPECT_RATIO = /^(1:1|2:3|3:2|3:4|4:3|4:5|5:4|9:16|16:9|21:9)$/;

function imageOf(
  { responseModalities, imageConfig, responseMimeType }: v.InferOutput<typeof generationConfig>,
  kind: ModelKind,
): Asked["image"] {
  const wanted = responseModalities ?? (kind === "image" ? ["TEXT", "IMAGE"] : ["TEXT"]);
  if (!wanted.includes("IMAGE")) return undefined;
  if (kind !== "image") {
    throw invalid(
      "The requested combination of response modalities is not supported by the model.",
    );
  }
  if (responseMimeType !== "text/plain") throw invalid("JSON mode is not enabled for this model");
  const { aspectRatio = "1:1" } = imageConfig ?? {};
  if (!ASPECT_RATIO.test(aspectRatio)) {
    throw invalid(
      "* GenerateContentRequest.generation_config.image_config.aspect_ratio: aspect_ratio must be one of '1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', or '21:9'.\n",
    );
  }
  return { aspectRatio, withText: wanted.includes("TEXT") };
}
