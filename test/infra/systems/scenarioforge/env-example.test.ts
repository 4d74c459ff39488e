/** What a person reads who runs a role by themselves, beside what the role reads. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { expect } from "chai";
import * as v from "valibot";
import { ScenarioforgeEnv } from "../../../../functions/scenarioforge/env.ts";
import { ScenarioforgeWorkerEnv } from "../../../../functions/scenarioforge-worker/env.ts";

const ROOT = join(import.meta.dirname, "../../../..");

const ROLES = [
  ["scenarioforge", ScenarioforgeEnv, Object.keys(ScenarioforgeEnv.pipe[0].entries)],
  ["scenarioforge-worker", ScenarioforgeWorkerEnv, Object.keys(ScenarioforgeWorkerEnv.entries)],
] as const;

describe(".env.example", () => {
  for (const [role, schema, names] of ROLES) {
    const file = `functions/${role}/.env.example`;
    const examples = parseEnv(readFileSync(join(ROOT, file), "utf8"));

    it(`names every variable of ${role}, and no other`, () => {
      expect(Object.keys(examples)).to.have.members(names);
    });

    it(`is what ${role} starts with, once the key is filled in`, () => {
      const filled = { ...examples, SEAL_KEY: "x".repeat(32) };
      expect(v.safeParse(schema, filled).issues).to.equal(undefined);
    });

    it(`says the defaults of ${role} where it says something that may be left out`, () => {
      const required = Object.fromEntries(
        Object.entries(examples).filter(([name]) => !isOptional(schema, examples, name)),
      );
      const of = (values: object) => v.parse(schema, { ...values, SEAL_KEY: "x".repeat(32) });
      const { PRIVATE, ...others } = of(examples) as Readonly<Record<string, unknown>>;
      expect(PRIVATE).to.equal(role === "scenarioforge" ? undefined : true);
      expect(of(required)).to.deep.include(others);
    });
  }
});

function isOptional(schema: v.GenericSchema, examples: object, name: string): boolean {
  const without = { ...examples, SEAL_KEY: "x".repeat(32), [name]: undefined };
  return v.is(schema, without);
}
