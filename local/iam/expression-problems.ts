/** What is wrong with a condition's expression: what Google refuses to store, and what cannot be told on one machine. */
import type { ASTNode } from "@marcbachmann/cel-js";
import { compile, ENVIRONMENT, reasonOf } from "./expression.ts";
import { isTemplate } from "./extract.ts";

/** Where the expression stands: API attributes are each for one of them. */
export type Place = "binding" | "boundary";

/** Source: cloud.google.com/iam/quotas and …/conditions-overview, "Condition limitations"; of a boundary, …/downscoping-short-lived-credentials. */
const MAX_LENGTH = 2048;
const MAX_LOGICAL_OPERATORS = 12;

const LOGICAL = new Set(["&&", "||", "!_"]);

const OPERATORS = new Set([
  ...LOGICAL,
  ...["==", "!=", "<", "<=", ">", ">=", "+", "-", "in", "-_", "list", "value", "id", "."],
]);

/** Of strings, lists, API attributes, and times, which all may name a zone. */
const FUNCTIONS = new Set([
  "startsWith",
  "endsWith",
  "extract",
  "hasOnly",
  "getAttribute",
  "timestamp",
  "duration",
  "getFullYear",
  "getMonth",
  "getDate",
  "getDayOfMonth",
  "getDayOfWeek",
  "getDayOfYear",
  "getHours",
  "getMinutes",
  "getSeconds",
  "getMilliseconds",
]);

const NOT_HERE: Readonly<Record<string, string>> = {
  matchTag: "no resource has tags on one machine",
  matchTagId: "no resource has tags on one machine",
  hasTagKey: "no resource has tags on one machine",
  hasTagKeyId: "no resource has tags on one machine",
  auth: "there are no access levels on one machine",
  destination: "only tunnels of the Identity-Aware Proxy know it, which nothing here stands behind",
  path: "only the Identity-Aware Proxy knows it, which nothing here stands behind",
  host: "only the Identity-Aware Proxy knows it, which nothing here stands behind",
  principal: "only principal access boundaries know it, and none can be declared here",
};

/** Which are documented where: that a binding honours a list's prefix is not. */
const API_ATTRIBUTES: Readonly<Record<string, Place>> = {
  "iam.googleapis.com/modifiedGrantsByRole": "binding",
  "storage.googleapis.com/objectListPrefix": "boundary",
};

/** A sentence each; none where the expression can be stored in the cloud and evaluated here. */
export function expressionProblems(text: string, place: Place): readonly string[] {
  if (text.length > MAX_LENGTH) {
    return [`it has ${text.length} characters, and ${MAX_LENGTH} are the most`];
  }
  const parsed = syntaxOf(text);
  if ("problem" in parsed) return [parsed.problem];
  const nodes = [...nodesOf(parsed.tree)];
  const named = nodes.flatMap((node) => problemsOf(node, place));
  if (named.length > 0) return [...new Set(named)];
  const operators = nodes.filter(({ op }) => LOGICAL.has(op)).length;
  if (operators > MAX_LOGICAL_OPERATORS) {
    return [`it has ${operators} logical operators, and ${MAX_LOGICAL_OPERATORS} are the most`];
  }
  const { valid, type, error } = ENVIRONMENT.check(text);
  if (!valid) return [reasonOf(error)];
  return type === "bool" ? [] : [`it is a ${type ?? "value"}, and has to be true or false`];
}

/** Whether it reads what a service shows of its resources. */
export function readsResource(text: string): boolean {
  const parsed = syntaxOf(text);
  return (
    "tree" in parsed &&
    [...nodesOf(parsed.tree)].some(({ op, args }) => op === "id" && args === "resource")
  );
}

function syntaxOf(text: string): { readonly tree: ASTNode } | { readonly problem: string } {
  try {
    return { tree: ENVIRONMENT.parse(text).ast };
  } catch (error) {
    return { problem: reasonOf(error) };
  }
}

function problemsOf({ op, args }: ASTNode, place: Place): readonly string[] {
  if (op === "call") return [...callProblems(args[0]), ...literalProblems(args[0], args[1])];
  if (op === "rcall") {
    const [name, , given] = args;
    if (name === "getAttribute") return attributeProblems(given[0], place);
    return [...callProblems(name), ...literalProblems(name, given)];
  }
  if (op === "." && isNotHere(args[1])) return [notHere(args[1])];
  if (op === "id" && isNotHere(args)) return [notHere(args)];
  return OPERATORS.has(op) ? [] : [`conditions have no ${op}`];
}

function callProblems(name: string): readonly string[] {
  if (isNotHere(name)) return [notHere(name)];
  return FUNCTIONS.has(name) ? [] : [`conditions have no function ${name}`];
}

/** What is written out can be judged now: it would fail at every request. */
function literalProblems(name: string, given: readonly ASTNode[]): readonly string[] {
  const [first] = given;
  const literal = first?.op === "value" ? first.args : undefined;
  if (typeof literal !== "string") return [];
  if (name === "extract") {
    return isTemplate(literal) ? [] : [`${literal} is no template with one {placeholder}`];
  }
  const quoted = JSON.stringify(literal);
  const trial = name.startsWith("get")
    ? `request.time.${name}(${quoted}) >= 0`
    : `${name}(${quoted}) == ${name}(${quoted})`;
  if (!name.startsWith("get") && name !== "timestamp" && name !== "duration") return [];
  const outcome = compile(trial)({ at: 0 });
  if (!outcome.met && outcome.why !== undefined) return [`${literal}: ${outcome.why}`];
  return name !== "duration" || isWithinBounds(quoted)
    ? []
    : [`${literal}: more than 10,000 years`];
}

/** What a duration can be: google/protobuf/duration.proto. A time beyond that would be no time, and in no order to others. */
function isWithinBounds(quoted: string): boolean {
  const [most, least] = ["315576000000s", "-315576000000s"].map((text) => `duration("${text}")`);
  return compile(`${least} <= duration(${quoted}) && duration(${quoted}) <= ${most}`)({ at: 0 })
    .met;
}

function attributeProblems(named: ASTNode | undefined, place: Place): readonly string[] {
  const name = named?.op === "value" ? named.args : undefined;
  if (typeof name !== "string") return ["getAttribute needs the attribute's name written out"];
  const where = Object.hasOwn(API_ATTRIBUTES, name) ? API_ATTRIBUTES[name] : undefined;
  if (where === undefined) return [`no API here has an attribute ${name}`];
  return where === place ? [] : [`${name} is documented for the condition of a ${where} only`];
}

function isNotHere(name: string): boolean {
  return Object.hasOwn(NOT_HERE, name);
}

function notHere(name: string): string {
  return `${name} cannot be evaluated locally: ${NOT_HERE[name] ?? ""}`;
}

/** The node and all that it is made of. */
function* nodesOf(tree: unknown): Generator<ASTNode> {
  if (Array.isArray(tree)) for (const each of tree) yield* nodesOf(each);
  if (!isNode(tree)) return;
  yield tree;
  yield* nodesOf(tree.args);
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}
