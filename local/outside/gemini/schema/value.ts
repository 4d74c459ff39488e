/** Values that fit a schema. */
import { invalid, type GeminiError } from "../errors.ts";
import { isFields, type Fields } from "../message.ts";
import { textFitting } from "./pattern.ts";
import { numberOf, schemaOf, type Schema } from "./schema.ts";
import type { Place, Voice } from "./voice.ts";

/** Far more than any model answers. */
const MAX_VALUES = 50_000;
const MAX_CHARACTERS = 8 * 1024 * 1024;
/** What refers to itself goes on for ever; what is optional ends here, what is required is refused. */
const DEPTH_OF_OPTIONAL = 8;
const MAX_DEPTH = 64;
/** Texts that are to fit a pattern and a length both are tried so often. */
const TRIES = 20;

/** A value for the schema. Throws a GeminiError for one that cannot be, or that asks for too much. */
export function valueFor(schema: unknown, voice: Voice): unknown {
  return new Maker(schema, voice).make(schema, { name: "", index: 0 }, 0);
}

class Maker {
  readonly #root: unknown;
  readonly #voice: Voice;
  #values = 0;
  #characters = 0;

  constructor(root: unknown, voice: Voice) {
    this.#root = root;
    this.#voice = voice;
  }

  make(given: unknown, place: Place, depth: number): unknown {
    if (++this.#values > MAX_VALUES) throw tooMuch();
    if (depth > MAX_DEPTH) {
      throw invalid("The response schema exceeds the maximum allowed nesting depth.");
    }
    const { dice } = this.#voice;
    const schema = schemaOf(given, this.#root, (options) => options[dice.int(options.length)]);
    if (schema.values.length > 0) {
      // Neighbours in a list differ as long as there are values.
      const offset = place.index === 0 ? dice.int(schema.values.length) : place.index;
      return schema.values[offset % schema.values.length];
    }
    switch (schema.kind) {
      case "object":
        return this.#object(schema, place, depth);
      case "array":
        return this.#list(schema, place, depth);
      case "string":
        return this.#counted(this.#text(schema.raw, place));
      case "number":
        return this.#number(schema.raw);
      case "integer":
        return this.#integer(schema.raw);
      case "boolean":
        return dice.int(2) === 1;
      case "null":
        return null;
    }
  }

  #object({ properties, required, raw }: Schema, { index }: Place, depth: number): Fields {
    const made = properties
      .filter(([name]) => required.has(name) || depth < DEPTH_OF_OPTIONAL)
      .map(([name, schema]) => [name, this.make(schema, { name, index }, depth + 1)] as const);
    const { additionalProperties: further } = raw;
    if (!isFields(further)) {
      const beside = further === false ? [] : Object.entries(this.#voice.further);
      return Object.fromEntries([...made, ...beside]);
    }
    const { least, most } = bounds(raw.minProperties, raw.maxProperties);
    const count = Math.max(0, Math.min(most, Math.max(least, 2)) - made.length);
    this.#expect(count);
    const named = Array.from({ length: count }, (_, i) => {
      const name = `item_${i + 1}`;
      return [name, this.make(further, { name, index: i }, depth + 1)] as const;
    });
    return Object.fromEntries([...named, ...made]);
  }

  #list({ raw }: Schema, { name }: Place, depth: number): readonly unknown[] {
    const first = Array.isArray(raw.prefixItems) ? (raw.prefixItems as unknown[]) : [];
    const { least, most } = bounds(raw.minItems, raw.maxItems);
    const isFixed = first.length > 0 && !isFields(raw.items);
    const count = isFixed
      ? Math.min(most, Math.max(least, first.length))
      : Math.max(this.#voice.count(least, most), Math.min(most, first.length));
    this.#expect(count);
    const items = Array.from({ length: count }, (_, index) =>
      this.make(first[index] ?? raw.items, { name, index }, depth + 1),
    );
    return raw.uniqueItems === true ? distinct(items, least) : items;
  }

  #text(raw: Fields, place: Place): string {
    const { dice } = this.#voice;
    const { least, most } = bounds(raw.minLength, raw.maxLength);
    if (least > MAX_CHARACTERS) throw tooMuch();
    if (typeof raw.pattern === "string") {
      const fitting = this.#fitting(raw.pattern, least, most);
      if (fitting !== undefined) return fitting;
    }
    switch (raw.format) {
      case "date-time":
        return `${dayOf(dice.int(365))}T09:00:00Z`;
      case "date":
        return dayOf(dice.int(365));
      case "time":
        return "09:00:00Z";
      case "duration":
        return `P${dice.int(30) + 1}D`;
      case "email":
        return `person${dice.int(100)}@example.com`;
      case "uuid":
        return (
          textFitting(
            "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
            dice,
          ) ?? ""
        );
      case "uri":
      case "url":
        return this.#voice.uri(place);
      default:
        return sized(this.#voice.text(place), least, most);
    }
  }

  #fitting(pattern: string, least: number, most: number): string | undefined {
    let text: string | undefined;
    for (let i = 0; i < TRIES; i++) {
      text = textFitting(pattern, this.#voice.dice);
      if (text === undefined || (text.length >= least && text.length <= most)) break;
    }
    return text;
  }

  #number(raw: Fields): number {
    const { least, most } = range(raw);
    const value = this.#voice.number(least, most);
    const rounded = Math.round(value * 1000) / 1000;
    return rounded >= least && rounded <= most ? rounded : value;
  }

  #integer(raw: Fields): number {
    const { least, most } = range(raw);
    const step = Math.max(1, Math.floor(Math.abs(numberOf(raw.multipleOf) ?? 1)));
    const [low, high] = [Math.ceil(least / step), Math.floor(most / step)];
    const value = Math.round(this.#voice.number(low, Math.max(low, high)));
    return Math.max(low, value) * step;
  }

  #counted(text: string): string {
    this.#characters += text.length;
    if (this.#characters > MAX_CHARACTERS) throw tooMuch();
    return text;
  }

  /** So many more values: refused before they are made. */
  #expect(count: number): void {
    if (this.#values + count > MAX_VALUES) throw tooMuch();
  }
}

function tooMuch(): GeminiError {
  return invalid(
    "The specified schema produces a constraint that has too many states for serving. Typical causes of this error are schemas with lots of text (for example, very long property or enum names), schemas with long array length limits (especially when nested), or schemas using complex value matchers (for example, integers or numbers with minimum/maximum bounds or strings with complex formats like date-time).",
  );
}

function bounds(low: unknown, high: unknown): { least: number; most: number } {
  const least = Math.max(0, Math.ceil(numberOf(low) ?? 0));
  return { least, most: Math.max(least, Math.floor(numberOf(high) ?? Infinity)) };
}

/** From 0 to 100, unless it is said otherwise. */
function range(raw: Fields): { least: number; most: number } {
  const above = numberOf(raw.exclusiveMinimum);
  const below = numberOf(raw.exclusiveMaximum);
  const low = numberOf(raw.minimum) ?? (above === undefined ? undefined : above + gap(raw));
  const high = numberOf(raw.maximum) ?? (below === undefined ? undefined : below - gap(raw));
  const least = low ?? Math.min(0, (high ?? 0) - 100);
  return { least, most: Math.max(least, high ?? Math.max(100, least + 100)) };
}

/** How far from a bound that is not to be met. */
function gap({ type }: Fields): number {
  return typeof type === "string" && type.toLowerCase() === "integer" ? 1 : 0.001;
}

function sized(text: string, least: number, most: number): string {
  const long = text.length >= least ? text : text.padEnd(least, ` ${text}`);
  return long.length > most ? long.slice(0, most) : long;
}

function dayOf(day: number): string {
  return new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
}

/** Items of which no two are alike; some that are, where the schema wants more than there are. */
function distinct(items: readonly unknown[], least: number): readonly unknown[] {
  const found = [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
  return found.length < least ? items : found;
}
