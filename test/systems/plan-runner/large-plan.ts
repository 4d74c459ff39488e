/** A plan as OpenTofu makes of thousands of resources: its text, and its JSON with everything that stands in one. */
import { planned } from "./pull-requests.ts";

const RESOURCES = 2_000;
const TEXT_BYTES = 5 * 1024 * 1024;
/** As GitHub's measured limit counts it, three bytes each; as its stated one does, one. */
const WIDE = "計画";

/** Of one of the resources; OpenTofu would not show it, and neither must a comment. */
export const SECRET = "hunter2-of-resource-1234";

/** The files of a module with that plan. */
export function largePlan(): {
  readonly text: string;
  readonly files: Readonly<Record<string, string>>;
} {
  const numbers = Array.from({ length: RESOURCES }, (_, n) => n);
  const summary = `\nPlan: ${RESOURCES} to add, 0 to change, 0 to destroy.\n`;
  const room = Math.floor((TEXT_BYTES - Buffer.byteLength(summary)) / RESOURCES);
  const text = numbers.map((n) => textOf(n, room)).join("") + summary;
  const json = {
    terraform_version: "1.12.6",
    planned_values: {
      root_module: { resources: numbers.map((n) => ({ ...about(n), values: valuesOf(n) })) },
    },
    resource_changes: numbers.map((n) => ({
      ...about(n),
      change: {
        actions: ["create"],
        before: null,
        after: valuesOf(n),
        after_unknown: { id: true },
        before_sensitive: false,
        after_sensitive: { password: true },
      },
    })),
    configuration: {
      root_module: { resources: numbers.map((n) => ({ ...about(n), expressions: {} })) },
    },
  };
  return { text, files: planned(text, json) };
}

/** Lines of text that takes so many comments' room. */
export function longText(characters: number): string {
  const lines: string[] = [];
  for (let length = 0; length < characters; length += lines.at(-1)?.length ?? 0) {
    lines.push(`    line ${lines.length} of ${WIDE} \`\`\` and <details>\n`);
  }
  return lines.join("");
}

function about(n: number) {
  return {
    address: `terraform_data.resource[${n}]`,
    mode: "managed",
    type: "terraform_data",
    name: "resource",
    index: n,
    provider_name: "terraform.io/builtin/terraform",
  };
}

function valuesOf(n: number) {
  const tags = Object.fromEntries(
    Array.from({ length: 20 }, (_, tag) => [`tag-${tag}`, `${WIDE} ${tag} of ${n}`]),
  );
  return {
    input: { name: `resource-${n}`, tags, note: "x".repeat(1_000) },
    password: `hunter2-of-resource-${n}`,
  };
}

function textOf(n: number, bytes: number): string {
  const head = `  # terraform_data.resource[${n}] will be created\n  + resource "terraform_data" "resource" {\n`;
  const leak = n === 1234 ? `      + note     = "${SECRET}"\n` : "";
  const tail = `      + password = (sensitive value)\n    }\n\n`;
  const line = `      + input    = "${WIDE} of ${n}"\n`;
  const room = bytes - Buffer.byteLength(head + leak + tail);
  return head + leak + line.repeat(Math.max(1, Math.floor(room / Buffer.byteLength(line)))) + tail;
}
