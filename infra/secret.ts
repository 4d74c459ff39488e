/** A value that nobody sees by accident. */
import { inspect } from "node:util";

const SHOWN = "[secret]";

/** A text that prints, serializes and interpolates as `[secret]`. */
export class Secret {
  /** Stands for a value that a command can do without. */
  static readonly PLACEHOLDER = new Secret(undefined);

  readonly #text: string | undefined;

  constructor(text: string | undefined) {
    this.#text = text;
  }

  get isPlaceholder(): boolean {
    return this.#text === undefined;
  }

  /** Whether there is none, where none is required. */
  get isEmpty(): boolean {
    return this.#text === "";
  }

  /** The text. Throws for the placeholder. */
  reveal(): string {
    if (this.#text === undefined) throw new Error("This command has no values of secrets.");
    return this.#text;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}
