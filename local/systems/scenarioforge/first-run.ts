/** A run that is there from the start: launched over HTTP, as people do, and made by the pipeline. */
import type { Log } from "../../log.ts";

const RUN_ID = "first";
const PARAMETERS = {
  run_id: RUN_ID,
  company: "Fjord Ferries",
  scope: "country",
  value: "Norway",
  horizon: 60,
};

/** Where a person looks at it. `url`: of the run API. */
export function firstRunUrl(url: string): string {
  return `${url}/runs/${RUN_ID}`;
}

export class FirstRun {
  readonly #log: Log;
  readonly #over = new AbortController();
  #launching: Promise<void> = Promise.resolve();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Says in the log how it ended. One that is there is not made again: the API finds it. */
  launch(url: string): void {
    this.#launching = this.#launch(url).then(
      (message) => this.#say(message),
      (error: unknown) => {
        // The local cloud ends, and with it whatever waits for an answer.
        if (!this.#over.signal.aborted) this.#say(`There is no first run: ${String(error)}.`);
      },
    );
  }

  /** Resolves when nothing is being launched. */
  idle(): Promise<void> {
    return this.#launching;
  }

  stop(): void {
    this.#over.abort();
  }

  async #launch(url: string): Promise<string> {
    const response = await fetch(`${url}/build?wait=true`, {
      method: "POST",
      // Whose it is does not matter to a mock run, which spends no key.
      headers: { "content-type": "application/json", "x-api-key": "the-local-cloud" },
      body: JSON.stringify(PARAMETERS),
      signal: this.#over.signal,
    });
    if (response.status === 401) return "There is no first run: the stack has keys of its own.";
    const { status } = (await response.json()) as { readonly status?: string };
    if (status === undefined) return `There is no first run: ${response.status}.`;
    return `The first run is ${status.toLowerCase()}: ${firstRunUrl(url)}`;
  }

  #say(message: string): void {
    this.#log({ source: "local", severity: "NOTICE", message });
  }
}
