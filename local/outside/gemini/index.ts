/**
 * A stand-in Gemini API, in memory: generateContent with answers by schema, embeddings and pictures, all of them the same for
 * the same request, and every documented failure on order. Shapes and sentences are those of
 * generativelanguage.googleapis.com, v1beta; what is missing is refused by its name.
 *
 *     schema/    values that fit a schema, as a model would say them, or a hostile one
 *     people/    a page, requests and faults, below `/stand-in`
 */
import { RealClock, type Clock } from "../../clock.ts";
import { header, type LocalRequest, type LocalResponse, type Send } from "../../http/message.ts";
import type { Log } from "../../log.ts";
import { matchOf, patternOf } from "../../http/routes.ts";
import { answerTo } from "./answer.ts";
import { jsonOf, textOfBody } from "./body.ts";
import { batchEmbedded, embedded } from "./embeddings.ts";
import {
  badKey,
  GeminiError,
  geminiResponse,
  invalid,
  noKey,
  noModel,
  unauthenticated,
} from "./errors.ts";
import { brokenBody } from "./broken-body.ts";
import { Faults, isContentFault, refusalOf, type ContentFault, type Fault } from "./faults.ts";
import { modelKind } from "./models.ts";
import { People } from "./people/index.ts";
import { fingerprintOf, Requests, type RecordedRequest } from "./requests.ts";
import { askedOf } from "./request.ts";
import { SOURCES, type Source } from "./search.ts";

const ROUTES = [patternOf("POST /v1beta/models/{model}:{method}")];

/** Of the query, besides the key: developers.google.com/apis/docs/system-parameters. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  alt: ["json"],
  $alt: ["json"],
  prettyPrint: ["true"],
};

export interface GeminiOptions {
  readonly log: Log;
  /** Default: wall time. */
  readonly clock?: Clock;
  /** Keys that are valid. Default: any that has the characters of one. */
  readonly keys?: readonly string[];
  /** What searches find. Default: articles of a stand-in web. */
  readonly sources?: readonly Source[];
}

interface Call {
  readonly request: LocalRequest;
  readonly model: string;
  /** `generateContent` */
  readonly method: string;
  readonly body: string;
}

export class Gemini {
  /** Trouble on order. */
  readonly faults = new Faults();
  /** What was asked. */
  readonly requests = new Requests();
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #keys: readonly string[] | undefined;
  readonly #sources: readonly Source[];
  readonly #people: People;

  constructor({ log, clock = new RealClock(), keys, sources = SOURCES }: GeminiOptions) {
    this.#log = log;
    this.#clock = clock;
    this.#keys = keys;
    this.#sources = sources;
    this.#people = new People(this);
  }

  /** Answers a request to the API. Rejects only where a fault breaks the connection, or its sender went away. */
  readonly send: Send = async (request) => {
    const page = await this.#people.answer(request);
    if (page !== undefined) return page;
    const { method, url } = request;
    const { model, method: called } = matchOf(ROUTES, method, url.pathname)?.variables ?? {};
    const credentials = credentialsOf(request);
    const came = {
      at: this.#clock.now(),
      method,
      path: url.pathname.slice(0, 2000),
      model,
      keyIn: credentials.keyIn,
      key: credentials.key === undefined ? undefined : fingerprintOf(credentials.key),
    };
    let body = "";
    let status: number | undefined;
    try {
      body = await textOfBody(request);
      this.#checkKey(credentials);
      if (model === undefined || called === undefined) throw this.#missing(request);
      checkQuery(url);
      const answer = await this.#answer({ request, model, method: called, body });
      ({ status } = answer);
      return answer;
    } catch (error) {
      if (!(error instanceof GeminiError)) throw error;
      const { response } = error;
      ({ status } = response);
      return response;
    } finally {
      this.requests.note({ ...came, body, status });
    }
  };

  #answer(call: Call): Promise<LocalResponse> {
    switch (call.method) {
      case "generateContent":
        return this.#faulty(call, "generate", (fault) => this.#generated(call, fault));
      case "embedContent":
      case "batchEmbedContents":
        return this.#faulty(call, "embed", (fault) => embeddedBy(call, fault !== undefined));
      default:
        throw this.#missing(call.request);
    }
  }

  #generated({ model, method, body }: Call, fault: ContentFault | undefined): object {
    const kind = modelKind(model);
    if (kind === undefined || kind === "embedding") throw noModel(model, method);
    return answerTo(askedOf(jsonOf(body), model, kind), this.#sources, fault);
  }

  async #faulty(
    call: Call,
    of: "generate" | "embed",
    answered: (fault: ContentFault | undefined) => object,
  ): Promise<LocalResponse> {
    const { model, method, request } = call;
    const delay = this.faults.takeDelay(of, model);
    if (delay > 0) await this.#wait(request.signal, delay);
    const fault = this.faults.take(of, model);
    if (isContentFault(fault)) return geminiResponse(200, answered(fault));
    const refusal = refusalOf(fault, model, method);
    if (refusal !== undefined) throw refusal;
    return this.#failed(fault, request, () => geminiResponse(200, answered(undefined)));
  }

  async #failed(
    fault: Fault,
    { signal }: LocalRequest,
    answered: () => LocalResponse,
  ): Promise<LocalResponse> {
    switch (fault.fault) {
      case "fail":
        return geminiResponse(
          fault.status,
          fault.body ?? { error: { code: fault.status, message: "Failed on order" } },
        );
      case "hang":
        await this.#wait(signal, undefined);
        throw new Error("A request that hangs is never answered.");
      case "cut":
        return brokenBody(answered());
      default:
        throw new Error("The connection was broken on order.");
    }
  }

  #checkKey({ key, keyIn }: Credentials): void {
    if (key === undefined) throw keyIn.includes("authorization") ? unauthenticated() : noKey();
    const isValid = this.#keys?.includes(key) ?? /^[\w.~-]{1,200}$/.test(key);
    if (!isValid) throw badKey();
  }

  /** Resolves after a time of the clock, or never; rejects when the sender goes away meanwhile. */
  #wait(signal: AbortSignal | undefined, ms: number | undefined): Promise<undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    if (ms !== undefined) this.#clock.at(this.#clock.now() + ms, () => resolve(undefined));
    const leave = () => reject(new Error("The sender went away."));
    if (signal?.aborted === true) leave();
    signal?.addEventListener("abort", leave, { once: true });
    return promise;
  }

  #missing({ method, url }: LocalRequest): GeminiError {
    const message = `The stand-in Gemini has no ${method} ${url.pathname.slice(0, 200)}`;
    this.#log({ source: "gemini", severity: "WARNING", message });
    return new GeminiError("NOT_FOUND", message);
  }
}

interface Credentials {
  readonly key: string | undefined;
  readonly keyIn: RecordedRequest["keyIn"];
}

/** The header counts where there is a key in both. */
function credentialsOf({ url, headers }: LocalRequest): Credentials {
  const inHeader = header(headers, "x-goog-api-key");
  const inQuery = url.searchParams.get("key") ?? url.searchParams.get("$key") ?? undefined;
  const authorization = header(headers, "authorization");
  return {
    key: inHeader ?? inQuery,
    keyIn: [
      ...(inHeader === undefined ? [] : (["header"] as const)),
      ...(inQuery === undefined ? [] : (["query"] as const)),
      ...(authorization === undefined ? [] : (["authorization"] as const)),
    ],
  };
}

function checkQuery({ searchParams }: URL): void {
  for (const [name, value] of searchParams) {
    if (name === "key" || name === "$key") continue;
    const shown = name.slice(0, 100);
    if (!Object.hasOwn(PARAMETERS, name)) {
      throw invalid(
        `Invalid JSON payload received. Unknown name "${shown}": Cannot bind query parameter. Field '${shown}' could not be found in request message.`,
      );
    }
    if (PARAMETERS[name]?.includes(value) !== true) {
      throw invalid(`${shown}=${value.slice(0, 100)} is not supported here.`);
    }
  }
}

function embeddedBy({ model, method, body }: Call, isShort: boolean): object {
  if (modelKind(model) !== "embedding") throw noModel(model, method);
  const embedding = method === "embedContent" ? embedded : batchEmbedded;
  return embedding(jsonOf(body), model, isShort);
}
