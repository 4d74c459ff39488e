// What a configuration file declares, as far as it can be judged before it is run. guard/ imports only itself, messages
// and the role's ports.

/** A block of a configuration file, or the file itself. */
export interface Block {
  /** `data`, `provisioner`; `file` for the file itself. */
  readonly type: string;
  readonly labels: readonly string[];
  /** From 1. */
  readonly line: number;
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly Block[];
}

export interface Attribute {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  /** The value where it is one quoted text without templates and escapes. */
  readonly literal: string | undefined;
  /** The value is one object, and neither its keys nor those of objects in it are computed. */
  readonly isWrittenOut: boolean;
  /** Names and texts in the expression, with what they are set to where they are keys of an object. */
  readonly words: readonly Word[];
  /** Texts and numbers in the expression that are no keys, a text with escapes both as it is written and as it reads. */
  readonly values: readonly (string | number)[];
}

/** A name or a text somewhere in an expression. */
export interface Word {
  readonly text: string;
  /** The literal text right of it, as in `source = "hashicorp/google"`. */
  readonly literal: string | undefined;
}

/** A file that cannot be read with certainty. What is not understood is refused. */
export class Unreadable extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.name = "Unreadable";
    this.line = line;
  }
}

/** Deeper than any real configuration; keeps the readers' own recursion far from the end of the stack. */
export const MAX_DEPTH = 100;
