/** Embeddings: texts that share words are near each other, as those of a model are that share a meaning. */
import * as v from "valibot";
import { Dice } from "./dice.ts";
import { invalid } from "./errors.ts";
import { message, messageOf } from "./message.ts";
import { content, textOf } from "./request.ts";

const DIMENSIONS = 3072;
/** ai.google.dev/api/embeddings */
const MAX_REQUESTS = 100;
/** Words of a text that count; Google reads 2,048 tokens of it. */
const MAX_WORDS = 2048;

const TASK_TYPES = [
  "TASK_TYPE_UNSPECIFIED",
  "RETRIEVAL_QUERY",
  "RETRIEVAL_DOCUMENT",
  "SEMANTIC_SIMILARITY",
  "CLASSIFICATION",
  "CLUSTERING",
  "QUESTION_ANSWERING",
  "FACT_VERIFICATION",
  "CODE_RETRIEVAL_QUERY",
] as const;

const embedContent = message({
  model: v.optional(v.string()),
  content: v.optional(content),
  taskType: v.optional(v.picklist(TASK_TYPES)),
  title: v.optional(v.string()),
  outputDimensionality: v.optional(v.pipe(v.number(), v.integer())),
});

const batchEmbedContents = message({
  model: v.optional(v.string()),
  requests: v.optional(v.array(embedContent), []),
});

type EmbedContent = v.InferOutput<typeof embedContent>;

/** `isShort`: one number too few, on order. Throws a GeminiError. */
export function embedded(body: unknown, model: string, isShort: boolean): object {
  return { embedding: embeddingOf(messageOf(embedContent, body), model, isShort, false) };
}

/** `isShort`: one embedding too few, each of one number too few, on order. Throws a GeminiError. */
export function batchEmbedded(body: unknown, model: string, isShort: boolean): object {
  const { requests } = messageOf(batchEmbedContents, body);
  if (requests.length === 0) {
    throw invalid("* BatchEmbedContentsRequest.requests: requests is not specified\n");
  }
  if (requests.length > MAX_REQUESTS) {
    throw invalid(
      `* BatchEmbedContentsRequest.requests: at most ${MAX_REQUESTS} requests can be in one batch\n`,
    );
  }
  const embeddings = requests.map((each) => embeddingOf(each, model, isShort, true));
  return { embeddings: isShort ? embeddings.slice(1) : embeddings };
}

function embeddingOf(
  { model: named, content: given, taskType, title, outputDimensionality }: EmbedContent,
  model: string,
  isShort: boolean,
  isNamed: boolean,
): object {
  if (named !== `models/${model}` && (isNamed || named !== undefined)) {
    throw invalid("* EmbedContentRequest.model: model must be the one in the path, as models/…\n");
  }
  const text = given === undefined ? "" : textOf(given);
  if (text === "") throw invalid("* EmbedContentRequest.content: content is not specified\n");
  if (title !== undefined && taskType !== "RETRIEVAL_DOCUMENT") {
    throw invalid("The `title` is only applicable to the task type RETRIEVAL_DOCUMENT.");
  }
  const dimensions = outputDimensionality ?? DIMENSIONS;
  if (dimensions < 1 || dimensions > DIMENSIONS) {
    throw invalid(`output_dimensionality must be in the range [1, ${DIMENSIONS}].`);
  }
  const values = vectorOf(`${title ?? ""} ${text}`).slice(0, isShort ? dimensions - 1 : dimensions);
  return { values };
}

/** Of length 1; cut to fewer dimensions it is shorter, as Google's is. */
function vectorOf(text: string): number[] {
  const sum = new Float64Array(DIMENSIONS);
  const words = (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, MAX_WORDS);
  for (const [word, times] of countsOf(words.length > 0 ? words : [text])) {
    const dice = new Dice(word);
    const add = (at: number): void => {
      sum[at] = (sum[at] ?? 0) + times * dice.signed();
    };
    // All dimensions would take a second for a long batch: some say which word it is, and the first ones also when they
    // are all that is asked for.
    for (let i = 0; i < 48; i++) add(dice.int(DIMENSIONS));
    for (let i = 0; i < 16; i++) add(i);
  }
  const length = Math.hypot(...sum) || 1;
  return Array.from(sum, (value) => Number((value / length).toFixed(8)));
}

function countsOf(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
