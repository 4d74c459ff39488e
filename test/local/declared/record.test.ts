import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { isAbsolute } from "node:path";
import { recordProgram, type Registration } from "../../../local/declared/record.ts";
import { recorded } from "../../support/recorded.ts";
import { thrownBy } from "../../support/thrown-by.ts";

function named(registrations: readonly Registration[], name: string): Registration {
  const found = registrations.find((registration) => registration.name === name);
  if (found === undefined) throw new Error(`${name} was not registered.`);
  return found;
}

/** A resource of any type, with any inputs. */
class Anything extends pulumi.CustomResource {}

describe("record", () => {
  it("records two stacks in one process, each with its own values, archives as their folders", async () => {
    const [dev, other] = await Promise.all([
      recorded(),
      recorded({ project: "switchyard-other", enqueuerName: "gate" }),
    ]);
    const projects = (registrations: readonly Registration[]): unknown[] => [
      ...new Set(registrations.map(({ inputs }) => inputs.project).filter(Boolean)),
    ];
    expect(projects(dev.registrations)).to.deep.equal(["switchyard-dev"]);
    expect(projects(other.registrations)).to.deep.equal(["switchyard-other"]);
    expect(other.registrations).to.have.length(dev.registrations.length);
    const archive = dev.registrations.find(({ type, inputs }) => {
      return type.endsWith(":BucketObject") && String(inputs.name).startsWith("enqueuer-");
    });
    const { source } = archive?.inputs as { source: { path: string } };
    expect(isAbsolute(source.path)).to.equal(true);
    expect(source.path).to.match(/\/dist\/enqueuer$/);
  });

  it("has parent, dependencies, protection and whether it is a component", async () => {
    const { registrations } = await recorded({ protectData: true });
    const queue = named(registrations, "enqueuer-queue-brain");
    const bucket = registrations.find(
      ({ type, name }) => type === "gcp:storage/bucket:Bucket" && name === "project-sources",
    );
    expect(queue.isCustom).to.equal(false);
    const inner = registrations.find(
      ({ type, name }) => type === "gcp:cloudtasks/queue:Queue" && name === "enqueuer-queue-brain",
    );
    expect(inner?.isProtected).to.equal(true);
    expect(inner?.parent).to.equal(queue.urn);
    const source = registrations.find(
      ({ type, name }) => type.endsWith(":BucketObject") && name === "enqueuer-source",
    );
    expect(source?.dependencies).to.include(bucket?.urn);
  });

  it("unwraps secrets and marks which inputs held one", async () => {
    const registrations = await recordProgram("dev", () => {
      new Anything("gcp:secretmanager/secretVersion:SecretVersion", "token", {
        secretData: pulumi.secret("s3cret"),
        nested: { list: [pulumi.secret("inner")], plain: 1 },
        plain: "x",
      });
    });
    const { inputs, secretInputs } = named(registrations, "token");
    expect(inputs).to.deep.equal({
      secretData: "s3cret",
      nested: { list: ["inner"], plain: 1 },
      plain: "x",
    });
    expect(secretInputs).to.have.members(["secretData", "nested"]);
  });

  it("waits for resources whose inputs are still being computed", async () => {
    const registrations = await recordProgram("dev", () => {
      for (let i = 0; i < 50; i++) {
        const first = new Anything("gcp:a/b:B", `first-${i}`, { name: `n-${i}` });
        new Anything("gcp:a/b:B", `second-${i}`, { of: first.id });
      }
    });
    expect(registrations).to.have.length(100);
    expect(named(registrations, "second-49").inputs).to.deep.equal({ of: "n-49" });
  });

  it("refuses a look-up, which would need the cloud", async () => {
    const failure = await thrownBy(() =>
      recordProgram("dev", async () => {
        await pulumi.runtime.invoke("gcp:organizations/getProject:getProject", {});
      }),
    );
    expect(String(failure)).to.contain("Put the value in the stack's config instead");
  });

  it("throws what the program throws, and records again afterwards", async () => {
    const failure = await thrownBy(() =>
      recordProgram("dev", () => {
        throw new Error("no such role");
      }),
    );
    expect(String(failure)).to.contain("no such role");
    const registrations = await recordProgram("dev", () => {
      new Anything("gcp:a/b:B", "a", {});
    });
    expect(registrations.map(({ name }) => name)).to.deep.equal(["a"]);
  });
});
