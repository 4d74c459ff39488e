// What a configuration file declares, as far as it can be judged before it is run. guard/ imports only itself, messages,
// the role's globs and its ports.
import type { Origin } from "./origin.ts";

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

/** As much of a value as is plain to see. */
export interface Seen {
  /** The value where it is one quoted text without templates and escapes. */
  readonly literal: string | undefined;
  /** What it begins with where it is one quoted text: all of it, or what comes before the first template or escape. */
  readonly start: string | undefined;
  readonly isObject: boolean;
}

export interface Attribute extends Seen {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  readonly origin: Origin;
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
  /** What it is set to where it is a key of an object, as in `source = "hashicorp/google"`. */
  readonly value: Seen | undefined;
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

/** All blocks at any depth: a check holds data sources, a `removed` block provisioners. */
export function blocksIn(block: Block): Block[] {
  return block.blocks.flatMap((each) => [each, ...blocksIn(each)]);
}

export function isRemoteState({ type, labels }: Block): boolean {
  return type === "data" && labels[0] === "terraform_remote_state";
}

/** Of a remote state: what says of which kind it is. */
export function backendsOf({ attributes }: Block): Attribute[] {
  return attributes.filter(({ name }) => name === "backend");
}

/** The `source` of a module call; undefined for any other block. */
export function sourceOf({ type, attributes }: Block): Attribute | undefined {
  return type === "module" ? attributes.find(({ name }) => name === "source") : undefined;
}

/** Whether a module's source is a folder and not fetched, of which this is the beginning. */
export function isPath(source: string): boolean {
  return /^(?:\.{1,2}(?:[/\\]|$)|\/)/.test(source);
}
