import { expect } from "chai";
import type * as pulumi from "@pulumi/pulumi";
import { memberInputs, memberOf, type AccessRow } from "../../../infra/access.ts";
import type { Kind } from "../../../infra/google/kind.ts";
import { makeMember, memberClass } from "../../../infra/google/member.ts";
import { KINDS } from "../../../infra/google/services.ts";
import { recordProgram } from "../../../local/declared/record.ts";

const WITH_POLICY = KINDS.filter(({ member }) => member !== undefined);

/** A row on a resource of that kind, each variable of its name being its own value. */
function rowOn({ template }: Kind): AccessRow {
  return {
    kind: "role",
    system: "s",
    principal: "user:one@example.com",
    role: "roles/r",
    resource: template.replaceAll(/[{}]/g, ""),
    why: "to be tested",
    source: "here",
  };
}

describe("the member of a kind", () => {
  for (const { noun, member } of WITH_POLICY) {
    it(`of a ${noun} has the SDK's class of that very type`, () => {
      const { __pulumiType: type } = memberClass(member?.type ?? "") as unknown as {
        __pulumiType?: string;
      };
      expect(type).to.equal(member?.type);
    });
  }

  it("is of a type that no other kind has", () => {
    expect(new Set(WITH_POLICY.map(({ member }) => member?.type)).size).to.equal(
      WITH_POLICY.length,
    );
  });

  it("is refused where the SDK has no class for it", () => {
    const types = [
      "gcp:cloudtasks/queueIamMember:QueueIAMMember",
      "gcp:nothing/queueIamMember:QueueIamMember",
      "gcp:config/project:project",
      "cloudtasks.QueueIamMember",
      "",
    ];
    for (const type of types) {
      expect(() => memberClass(type)).to.throw(`@pulumi/gcp has no class for ${type}.`);
    }
  });

  // The SDK's class drops an input that it does not know, and throws for one that it needs.
  it("takes all inputs that a row of that kind gives it, and needs no others", async () => {
    const rows = WITH_POLICY.map(rowOn);
    const opts: pulumi.CustomResourceOptions = { protect: true };
    const made = await recordProgram("dev", () => {
      for (const row of rows) {
        makeMember(memberOf(row).type, `on ${row.resource}`, memberInputs(row), opts);
      }
    });
    expect(
      made.map(({ type, name, inputs, isProtected }) => ({ type, name, inputs, isProtected })),
    ).to.have.deep.members(
      rows.map((row) => ({
        type: memberOf(row).type,
        name: `on ${row.resource}`,
        inputs: { ...memberInputs(row) },
        isProtected: true,
      })),
    );
  });
});
