import { expect } from "chai";
import {
  ROLE_NAMES,
  isServiceAgentRole,
  permissionsOf,
  rolesWith,
} from "../../../local/iam/roles.ts";

const SIMULATED =
  /^(cloudtasks\.(locations|queues|tasks)|iam\.serviceAccounts|run\.(services|routes)|pubsub\.(topics|subscriptions)|secretmanager\.(secrets|versions)|storage\.(buckets|objects))\.[a-zA-Z]+$/;

describe("the role table", () => {
  it("holds permissions on what is simulated only, each once, in order", () => {
    for (const role of ROLE_NAMES) {
      const permissions = permissionsOf(role) ?? [];
      expect(permissions, role).to.deep.equal([...new Set(permissions)].toSorted());
      for (const permission of permissions) expect(permission, role).to.match(SIMULATED);
    }
  });

  it("gives the enqueuer no actAs and the user of an account no token", () => {
    expect(permissionsOf("roles/cloudtasks.enqueuer")).to.deep.equal([
      "cloudtasks.tasks.create",
      "cloudtasks.tasks.fullView",
    ]);
    expect(permissionsOf("roles/iam.serviceAccountUser")).to.deep.equal([
      "iam.serviceAccounts.actAs",
      "iam.serviceAccounts.get",
      "iam.serviceAccounts.list",
    ]);
  });

  it("knows no role that it lacks, whatever its name", () => {
    expect(permissionsOf("roles/owner")).to.equal(undefined);
    expect(permissionsOf("constructor")).to.equal(undefined);
  });

  it("knows roles of deployment that hold nothing local", () => {
    expect(permissionsOf("roles/logging.logWriter")).to.deep.equal([]);
  });

  it("lists the roles with a permission, the least first and legacy ones last", () => {
    expect(rolesWith("iam.serviceAccounts.getOpenIdToken")).to.deep.equal([
      "roles/cloudtasks.serviceAgent",
      "roles/iam.serviceAccountTokenCreator",
      "roles/pubsub.serviceAgent",
    ]);
    expect(rolesWith("cloudtasks.queues.get")).to.deep.equal([
      "roles/cloudtasks.viewer",
      "roles/cloudtasks.queueAdmin",
    ]);
    expect(rolesWith("storage.objects.delete")).to.deep.equal([
      "roles/storage.objectUser",
      "roles/storage.objectAdmin",
      "roles/storage.admin",
    ]);
    expect(rolesWith("storage.objects.get").at(-1)).to.equal("roles/storage.legacyObjectReader");
    expect(permissionsOf("roles/storage.legacyObjectReader")).to.deep.equal([
      "storage.objects.get",
    ]);
    expect(rolesWith("storage.objects.restore")).to.deep.equal([]);
  });

  it("tells the roles of Google's agents", () => {
    expect(ROLE_NAMES.filter(isServiceAgentRole)).to.deep.equal([
      "roles/cloudtasks.serviceAgent",
      "roles/pubsub.serviceAgent",
    ]);
  });
});
