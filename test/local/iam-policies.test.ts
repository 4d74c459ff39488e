import { expect } from "chai";
import type { Binding } from "../../local/iam/types.ts";
import { onPlatform, type Call, type TestPlatform } from "../support/platform.ts";

const P = "projects/switchyard-dev";
const LOCATION = `${P}/locations/us-central1`;
const DOMAIN = "switchyard-dev.iam.gserviceaccount.com";
const DEVELOPER = "user:developer@example.com";
const ACCOUNT = `${P}/serviceAccounts/tasks-dispatcher@${DOMAIN}`;
const BUCKET = "projects/_/buckets/switchyard-dev-worker-deliveries";

/** A kind of resource with a policy: where its methods are over REST, and what they need. */
interface Governed {
  readonly resource: string;
  /** What its permissions begin with. */
  readonly permissions: string;
  /** A role that may read the policy. */
  readonly reader: string;
  readonly get: readonly [method: string, url: string];
  readonly set: readonly [method: string, url: string];
  readonly test: (permissions: readonly string[]) => readonly [url: string, call: Call];
}

function of(
  kind: Pick<Governed, "resource" | "permissions" | "reader">,
  url: string,
  reads: "GET" | "POST",
): Governed {
  return {
    ...kind,
    get: [reads, `${url}:getIamPolicy`],
    set: ["POST", `${url}:setIamPolicy`],
    test: (permissions) => [`${url}:testIamPermissions`, { method: "POST", body: { permissions } }],
  };
}

const bucketUrl = `https://storage.googleapis.com/storage/v1/b/${BUCKET.split("/").at(-1) ?? ""}/iam`;

const KINDS: Readonly<Record<string, Governed>> = {
  queue: of(
    {
      resource: `${LOCATION}/queues/queue-brain`,
      permissions: "cloudtasks.queues",
      reader: "roles/cloudtasks.queueAdmin",
    },
    `https://cloudtasks.googleapis.com/v2/${LOCATION}/queues/queue-brain`,
    "POST",
  ),
  topic: of(
    { resource: `${P}/topics/plan`, permissions: "pubsub.topics", reader: "roles/pubsub.admin" },
    `https://pubsub.googleapis.com/v1/${P}/topics/plan`,
    "GET",
  ),
  subscription: of(
    {
      resource: `${P}/subscriptions/plan-runner`,
      permissions: "pubsub.subscriptions",
      reader: "roles/pubsub.admin",
    },
    `https://pubsub.googleapis.com/v1/${P}/subscriptions/plan-runner`,
    "GET",
  ),
  secret: of(
    {
      resource: `${P}/secrets/plan-app-key`,
      permissions: "secretmanager.secrets",
      reader: "roles/secretmanager.viewer",
    },
    `https://secretmanager.googleapis.com/v1/projects/223080314602/secrets/plan-app-key`,
    "GET",
  ),
  "service of v1": of(
    {
      resource: `${LOCATION}/services/brain`,
      permissions: "run.services",
      reader: "roles/run.viewer",
    },
    `https://us-central1-run.googleapis.com/v1/${LOCATION}/services/brain`,
    "GET",
  ),
  "service of v2": of(
    {
      resource: `${LOCATION}/services/brain`,
      permissions: "run.services",
      reader: "roles/run.viewer",
    },
    `https://run.googleapis.com/v2/${LOCATION}/services/brain`,
    "GET",
  ),
  "service account": of(
    {
      resource: ACCOUNT,
      permissions: "iam.serviceAccounts",
      reader: "roles/iam.serviceAccountAdmin",
    },
    `https://iam.googleapis.com/v1/projects/-/serviceAccounts/tasks-dispatcher@${DOMAIN}`,
    "POST",
  ),
  project: of(
    { resource: P, permissions: "resourcemanager.projects", reader: "roles/browser" },
    "https://cloudresourcemanager.googleapis.com/v1/projects/switchyard-dev",
    "POST",
  ),
  bucket: {
    resource: BUCKET,
    permissions: "storage.buckets",
    reader: "roles/storage.admin",
    get: ["GET", bucketUrl],
    set: ["PUT", bucketUrl],
    test: (permissions) => [
      `${bucketUrl}/testPermissions?${permissions.map((each) => `permissions=${each}`).join("&")}`,
      {},
    ],
  },
};

interface Policy {
  readonly version?: number;
  readonly etag: string;
  readonly bindings?: readonly object[];
}

const systems = ["enqueuer", "plan-runner"];

onPlatform(
  "the IAM methods",
  (platform) => {
    for (const [name, kind] of Object.entries(KINDS)) {
      describe(`of a ${name}`, () => {
        const { resource, permissions, reader, get, set, test } = kind;
        const asDeveloper = (method: string, url: string, call: Call = {}) =>
          platform.as("developer", url, { method, ...call });

        it("show to whoever may read it what the program grants on it, and no more", async () => {
          const { bindings } = platform.cloud.declared();
          await granted(platform, [{ member: DEVELOPER, role: reader, resource }]);
          const { status, body } = await asDeveloper(...get);
          await platform.cloud.apply({ ...platform.cloud.declared(), bindings });
          const { version, bindings: shown } = body as Policy;
          const expected = expectedOf([
            ...bindings.filter((each) => each.resource === resource),
            { member: DEVELOPER, role: reader },
          ]);
          expect({ status, version, shown }).to.deep.equal({
            status: 200,
            version: 1,
            shown: expected,
          });
        });

        it("tell what the caller may do there, and leave no denial behind", async () => {
          const mark = platform.cloud.feed.mark();
          const asked = [`${permissions}.getIamPolicy`, `${permissions}.setIamPolicy`];
          const held = async () => {
            const { status, body } = await platform.as("developer", ...test(asked));
            expect(status).to.equal(200);
            return (body as { permissions?: readonly string[] }).permissions ?? [];
          };
          const before = await held();
          const { bindings } = platform.cloud.declared();
          await granted(platform, [{ member: DEVELOPER, role: reader, resource }]);
          const after = await held();
          await platform.cloud.apply({ ...platform.cloud.declared(), bindings });
          const roles = platform.cloud.policy().grantable.roles.permissionsOf(reader) ?? [];
          // The developer of this stack may look at services anyway.
          expect(before).to.deep.equal(permissions === "run.services" ? asked.slice(0, 1) : []);
          expect(after).to.deep.equal(asked.filter((each) => roles.includes(each)));
          expect(platform.cloud.feed.deniedSince(mark)).to.deep.equal([]);
        });

        it("change nothing, and name the file to change", async () => {
          const { status, body } = await asDeveloper(...set, {
            body: { policy: { bindings: [] } },
          });
          expect({ status, message: messageOf(body) }).to.deep.equal({
            status: 400,
            message: `The policy of ${resource} is what the program declares. Change its rows in infra/systems/<system>/access.ts, and save.`,
          });
        });

        it("refuse whoever may not read it, and name what would let them", async () => {
          const [method, url] = get;
          const { status, body } = await platform.as("plan-deadletter", url, { method });
          const message = messageOf(body);
          expect([status, message.includes(`${permissions}.getIamPolicy`)]).to.deep.equal([
            403,
            true,
          ]);
          expect(message).to.match(new RegExp(` needs roles/[\\w.]+ on ${resource};`));
        });

        // There is one project.
        if (name === "project") return;
        it("say to whoever may read it that there is none, and test nothing there", async () => {
          const gone = (url: string) => url.replace(/(?=:\w+$|\/iam(\/|$|\?))/, "x");
          const { bindings } = platform.cloud.declared();
          await granted(platform, [{ member: DEVELOPER, role: reader, resource: P }]);
          const [method, url] = get;
          const read = await asDeveloper(method, gone(url));
          await platform.cloud.apply({ ...platform.cloud.declared(), bindings });
          const [testUrl, call] = test([`${permissions}.setIamPolicy`]);
          const tested = await platform.as("developer", gone(testUrl), call);
          // A bucket's name is no secret, and one that is missing is 404 to everybody.
          const isBucket = name === "bucket";
          expect([read.status, tested.status]).to.deep.equal([404, isBucket ? 404 : 200]);
          if (!isBucket) expect(tested.body).to.deep.equal({});
        });
      });
    }

    describe("of a bucket with a condition", () => {
      const [, url] = KINDS.bucket?.get ?? [];
      const role = "roles/storage.objectViewer";
      const reads = { member: DEVELOPER, role: "roles/storage.admin", resource: BUCKET };
      const withCondition = (expression: string) => ({
        member: DEVELOPER,
        role,
        resource: BUCKET,
        condition: { title: "some", expression },
      });
      const tested = async () => {
        const [testUrl, call] = KINDS.bucket?.test(["storage.objects.list"]) ?? [""];
        const { body } = await platform.as("developer", testUrl, call);
        return (body as { permissions: readonly string[] }).permissions;
      };

      it("show it in version 3, and test permissions by whether it is met", async () => {
        const { bindings } = platform.cloud.declared();
        const met = withCondition(`resource.name == "${BUCKET}"`);
        await granted(platform, [met]);
        const held = await tested();
        await platform.cloud.apply({ ...platform.cloud.declared(), bindings });
        const unmet = withCondition('resource.name.startsWith("projects/_/buckets/another")');
        await granted(platform, [unmet]);
        const notHeld = await tested();
        await granted(platform, [reads]);
        const version3 = `${url ?? ""}?optionsRequestedPolicyVersion=3`;
        const { body } = await platform.as("developer", version3);
        await platform.cloud.apply({ ...platform.cloud.declared(), bindings });
        expect([held, notHeld]).to.deep.equal([["storage.objects.list"], []]);
        const { version, bindings: shown = [] } = body as Policy;
        expect(version).to.equal(3);
        expect(shown).to.deep.include({ role, members: [DEVELOPER], condition: unmet.condition });
      });
    });

    it("show what Google grants its agents on the project", async () => {
      const { bindings } = platform.cloud.declared();
      await granted(platform, [{ member: DEVELOPER, role: "roles/browser", resource: P }]);
      const url =
        "https://cloudresourcemanager.googleapis.com/v3/projects/223080314602:getIamPolicy";
      const { body } = await platform.as("developer", url, { method: "POST" });
      await platform.cloud.apply({ ...platform.cloud.declared(), bindings });
      const roles = ((body as Policy).bindings ?? []).map((each) => (each as Binding).role);
      expect(roles).to.deep.equal([
        "roles/browser",
        "roles/cloudtasks.serviceAgent",
        "roles/pubsub.serviceAgent",
      ]);
    });
  },
  { config: { systems } },
);

/** Grants this besides what is declared. */
function granted(platform: TestPlatform, more: readonly Omit<Binding, "kind">[]): Promise<void> {
  const declared = platform.cloud.declared();
  const added = more.map((binding) => ({ ...binding, kind: "role" as const }));
  return platform.cloud.apply({ ...declared, bindings: [...declared.bindings, ...added] });
}

/** Bindings by role, as a policy lists them. */
function expectedOf(bindings: readonly Pick<Binding, "member" | "role">[]): readonly object[] {
  const byRole = Map.groupBy(bindings, ({ role }) => role);
  return [...byRole]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([role, grants]) => ({
      role,
      members: [...new Set(grants.map(({ member }) => member))].toSorted(),
    }));
}

function messageOf(body: unknown): string {
  return (body as { error: { message: string } }).error.message;
}
