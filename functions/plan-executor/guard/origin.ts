/**
 * Where a value comes from, as far as its text tells: written out; of `var` and the workspace's name, which are written
 * out too where the module is not called by another; or computed, of whatever there is.
 */
export type Origin = "literal" | "variable" | "computed";

const ORDER: readonly Origin[] = ["literal", "variable", "computed"];

/** Of what is put together from several. */
export function originOfAll(origins: readonly Origin[]): Origin {
  return ORDER[Math.max(0, ...origins.map((origin) => ORDER.indexOf(origin)))] ?? "computed";
}

/** A sign before a brace that begins no template, being doubled. */
const ESCAPED = /\$\$\{|%%\{/g;
const VARIABLE = /\$\{\s*(?:var(?:\.[\p{ID_Continue}-]+)+|terraform\.workspace)\s*\}/gu;
const TEMPLATE = /[$%]\{/;

/** Of a text whose templates are written in it. */
export function originOfText(text: string): Origin {
  const plain = text.replace(ESCAPED, "");
  if (!TEMPLATE.test(plain)) return "literal";
  return TEMPLATE.test(plain.replace(VARIABLE, "")) ? "computed" : "variable";
}

/** The names of a reference, `["var", "region"]`. */
export function originOfReference(names: readonly string[]): Origin {
  const [first, second] = names;
  if (names.length === 1 && /^(?:true|false|null)$/.test(first ?? "")) return "literal";
  const isWorkspace = names.length === 2 && first === "terraform" && second === "workspace";
  return isWorkspace || (names.length > 1 && first === "var") ? "variable" : "computed";
}
