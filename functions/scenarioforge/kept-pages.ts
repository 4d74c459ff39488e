// Pages as they were rendered last, in the memory of an instance: most readers open the page of a run that has long ended.
import { raw } from "hono/html";
import type { Html } from "../viewer/html.ts";

/** Some megabytes at most: the page of a run of ten times the usual size is about 300 KB. */
const LIMIT = 16;

export class KeptPages {
  /** What was asked for longest ago stands first. */
  readonly #pages = new Map<string, string>();

  /**
   * The page that was made of the same, else a new one. `source` names all that goes into it, by content or by version;
   * undefined where that is not known. Whether the caller may see it is not asked here.
   */
  async page(source: string | undefined, render: () => Promise<Html>): Promise<Html> {
    if (source === undefined) return render();
    const text = this.#pages.get(source) ?? String(await render());
    this.#pages.delete(source);
    this.#pages.set(source, text);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > LIMIT && oldest !== undefined) this.#pages.delete(oldest);
    return raw(text);
  }
}
