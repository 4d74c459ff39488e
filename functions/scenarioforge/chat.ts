// POST /chat: answers with what the run's artifacts say, found by words or by vectors. No model writes it, so nothing that
// an artifact or a question says can make it say something else (contract, 1.8 and D10).
import * as v from "valibot";
import { RunId } from "../messages/scenario-names.ts";
import type { Reply } from "../runtime/door/reply.ts";
import { bagOfWords, cosine, wordsOf } from "../scenarios/embeddings/words.ts";
import { isRecord, parsedJson } from "../scenarios/json.ts";
import { labelFor } from "../scenarios/labels.ts";
import { embeddingsPath } from "../scenarios/paths.ts";
import { NOTHING } from "../scenarios/run-store.ts";
import { jsonContent } from "../scenarios/runs.ts";
import type { Caller } from "./keys.ts";
import { passagesOf, type Passage } from "./passages.ts";
import type { Ports } from "./ports.ts";
import { latestRun, seenBy, viewModel, type Seen } from "./reads.ts";
import { coded, refused } from "./refusals.ts";

export const ChatRequest = v.object({
  run_id: v.nullish(RunId),
  question: v.pipe(
    v.string("must be a string"),
    v.minLength(3, "must have at least 3 characters"),
    v.maxLength(2_000, "must have at most 2000 characters"),
  ),
  top_k: v.optional(
    v.pipe(
      v.number("must be a number"),
      v.integer("must be a whole number"),
      v.minValue(1, "must be 1 to 15"),
      v.maxValue(15, "must be 1 to 15"),
    ),
    6,
  ),
});
export type ChatRequest = v.InferOutput<typeof ChatRequest>;

/** What is taken out of a question before it is asked. */
const INSTRUCTIONS =
  /ignore (?:all |any )?(?:previous|prior|above) instructions|disregard (?:all |any )?(?:previous|prior) instructions|(?:you are|act as|pretend to be)\b|\brole: ?(?:system|assistant|user)|\bsystem prompt\b/gi;

const MAX_TEXT = 600;

interface Match {
  readonly passage: Passage;
  readonly score: number;
}

interface Ranking {
  readonly matches: readonly Match[];
  readonly type: "artifact" | "vector";
  /** Where vectors were wanted and could not be had. */
  readonly problem?: string;
}

export async function chat(request: ChatRequest, caller: Caller, ports: Ports): Promise<Reply> {
  const question = request.question.replaceAll(INSTRUCTIONS, " ").trim();
  if (question === "") throw refused(400, "question_required", "Question is required.");
  const seen =
    request.run_id === null || request.run_id === undefined
      ? await latestRun(caller, ports)
      : await seenBy(caller, request.run_id, ports);
  if (seen === undefined) throw refused(404, "not_found", "No runs available.");
  const model = await viewModel(seen, ports);
  const passages = passagesOf(model);
  const byVectors = ports.settings.vectorStore === "gcs";
  const { matches, type, problem } = byVectors
    ? await byVector(question, passages, seen, model, caller, ports)
    : byWord(question, passages);
  const best = matches.filter(({ score }) => score > 0).slice(0, request.top_k);
  const sources: Record<string, unknown>[] = best.map(({ passage, score }) => ({
    type,
    id: passage.id,
    score: Math.round(score * 1000) / 1000,
  }));
  if (problem !== undefined) sources.push({ type: "vectordb_error", detail: problem });
  const label = await labelFor(seen.store, seen.runId, seen.run);
  return {
    status: 200,
    body: { run_id: seen.runId, label, answer: answerOf(best), sources },
  };
}

function answerOf(matches: readonly Match[]): string {
  if (matches.length === 0) return "The run's artifacts say nothing about that.";
  return matches
    .map(({ passage: { title, text } }) => `${title}: ${text.slice(0, MAX_TEXT)}`)
    .join("\n\n");
}

/** Rare words weigh more than common ones, and the title twice. */
function byWord(question: string, passages: readonly Passage[]): Ranking {
  const asked = [...new Set(wordsOf(question))];
  const words = passages.map(({ title, text }) => wordsOf(`${title} ${title} ${text}`));
  const weightOf = (word: string): number => {
    const found = words.filter((each) => each.includes(word)).length;
    return found === 0 ? 0 : Math.log(1 + passages.length / found);
  };
  const weights = new Map(asked.map((word) => [word, weightOf(word)]));
  const scored = passages.map((passage, at) => {
    const own = words[at] ?? [];
    const score = asked.reduce((sum, word) => {
      const times = own.filter((each) => each === word).length;
      return sum + (weights.get(word) ?? 0) * (times / (times + 1));
    }, 0);
    return { passage, score };
  });
  return { matches: scored.toSorted((a, b) => b.score - a.score), type: "artifact" };
}

/** A question that vectors cannot be had for is answered by words. */
async function byVector(
  question: string,
  passages: readonly Passage[],
  seen: Seen,
  model: Record<string, unknown>,
  caller: Caller,
  ports: Ports,
): Promise<Ranking> {
  const embed = embedderOf(model, caller, ports);
  try {
    const vectors = await vectorsOf(passages, seen, embed);
    const [asked = []] = await embed.texts([question]);
    const matches = passages.map((passage, at) => ({
      passage,
      score: cosine(asked, vectors[at] ?? []),
    }));
    return { matches: matches.toSorted((a, b) => b.score - a.score), type: "vector" };
  } catch {
    return { ...byWord(question, passages), problem: "The embeddings could not be had." };
  }
}

interface Embedder {
  readonly model: string;
  readonly texts: (texts: readonly string[]) => Promise<number[][]>;
}

/** Of a mock run by its words, which costs nothing and is the same every time; else by the model. */
function embedderOf(model: Record<string, unknown>, caller: Caller, ports: Ports): Embedder {
  const meta = isRecord(model.run_meta) ? model.run_meta : {};
  const config = isRecord(meta.run_config) ? meta.run_config : {};
  const settings = isRecord(config.settings) ? config.settings : {};
  if (settings.mode !== "live") {
    const texts = (each: readonly string[]) =>
      Promise.resolve(each.map((text) => [...bagOfWords(text)]));
    return { model: "local-hash-256", texts };
  }
  const { llmKey } = caller;
  if (llmKey === undefined) {
    throw coded(
      400,
      "MISSING_API_KEY",
      "No API key found. Provide in UI or set GEMINI_API_KEY in Cloud Run.",
    );
  }
  const { embedModel } = ports.settings;
  return { model: embedModel, texts: (texts) => ports.embed(texts, embedModel, llmKey) };
}

const Embeddings = v.object({
  model: v.string(),
  ids: v.array(v.string()),
  vectors: v.array(v.array(v.number())),
});

/** Those of a run that has ended are made once, and kept in one object beside it. */
async function vectorsOf(
  passages: readonly Passage[],
  { store, runId, run }: Seen,
  embed: Embedder,
): Promise<number[][]> {
  const ids = passages.map(({ id }) => id);
  const path = embeddingsPath(runId);
  const stored = run.is_final ? await store.get(path) : undefined;
  const kept = v.safeParse(Embeddings, parsedJson(stored?.bytes ?? ""));
  if (kept.success && kept.output.model === embed.model && kept.output.ids.join() === ids.join()) {
    return kept.output.vectors;
  }
  const vectors = await embed.texts(passages.map(({ title, text }) => `${title}\n${text}`));
  if (run.is_final) {
    const content = jsonContent({ model: embed.model, ids, vectors });
    await store.put(path, content, stored?.generation ?? NOTHING);
  }
  return vectors;
}
