import { expect } from "chai";
import { AGENTS } from "../../../infra/google/services.ts";
import { GRANTABLE } from "../../../local/google/grantable.ts";
import { RoleTable } from "../../../local/iam/roles.ts";

const { roles } = GRANTABLE;

const SIMULATED =
  /^(cloudtasks\.(locations|queues|tasks)|iam\.serviceAccounts|run\.(services|routes)|pubsub\.(topics|subscriptions)|resourcemanager\.projects|secretmanager\.(secrets|versions)|storage\.(buckets|objects))\.[a-zA-Z]+$/;

describe("the role table", () => {
  it("holds permissions on what is simulated only, each once, in order", () => {
    for (const role of roles.names) {
      const permissions = roles.permissionsOf(role) ?? [];
      expect(permissions, role).to.deep.equal([...new Set(permissions)].toSorted());
      for (const permission of permissions) expect(permission, role).to.match(SIMULATED);
    }
  });

  it("gives the enqueuer no actAs and the user of an account no token", () => {
    expect(roles.permissionsOf("roles/cloudtasks.enqueuer")).to.deep.equal([
      "cloudtasks.tasks.create",
      "cloudtasks.tasks.fullView",
    ]);
    expect(roles.permissionsOf("roles/iam.serviceAccountUser")).to.deep.equal([
      "iam.serviceAccounts.actAs",
      "iam.serviceAccounts.get",
      "iam.serviceAccounts.list",
    ]);
  });

  it("knows no role that it lacks, whatever its name", () => {
    expect(roles.permissionsOf("roles/owner")).to.equal(undefined);
    expect(roles.permissionsOf("constructor")).to.equal(undefined);
  });

  it("knows roles of deployment that hold nothing local", () => {
    expect(roles.permissionsOf("roles/logging.logWriter")).to.deep.equal([]);
  });

  it("lists the roles with a permission, the least first and legacy ones last", () => {
    expect(roles.rolesWith("iam.serviceAccounts.getOpenIdToken")).to.deep.equal([
      "roles/cloudtasks.serviceAgent",
      "roles/iam.serviceAccountTokenCreator",
      "roles/pubsub.serviceAgent",
    ]);
    expect(roles.rolesWith("cloudtasks.queues.get")).to.deep.equal([
      "roles/cloudtasks.viewer",
      "roles/cloudtasks.queueAdmin",
    ]);
    expect(roles.rolesWith("storage.objects.delete")).to.deep.equal([
      "roles/storage.objectUser",
      "roles/storage.objectAdmin",
      "roles/storage.admin",
    ]);
    expect(roles.rolesWith("storage.objects.get").at(-1)).to.equal(
      "roles/storage.legacyObjectReader",
    );
    expect(roles.permissionsOf("roles/storage.legacyObjectReader")).to.deep.equal([
      "storage.objects.get",
    ]);
    expect(roles.rolesWith("storage.objects.juggle")).to.deep.equal([]);
  });

  it("refuses a role that two services bring", () => {
    const twice = { "roles/run.invoker": ["run.routes.invoke"] };
    expect(() => new RoleTable([twice, twice])).to.throw(
      "roles/run.invoker: a role belongs to one",
    );
  });

  it("has for each agent's role the agent that bears it", () => {
    const named = AGENTS.map(({ role }) => role).toSorted();
    expect(roles.names.filter((role) => role.endsWith(".serviceAgent"))).to.deep.equal(named);
  });

  it("tells the roles of Google's agents", () => {
    expect(roles.names.filter((role) => role.endsWith(".serviceAgent"))).to.deep.equal([
      "roles/cloudtasks.serviceAgent",
      "roles/pubsub.serviceAgent",
    ]);
  });
});
