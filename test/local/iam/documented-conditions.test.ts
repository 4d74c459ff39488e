/**
 * Expressions of Google's documentation, each with what it allows and what it refuses as the page says. Buckets, projects
 * and dates are those of the pages where they name some.
 *
 * Sources, under cloud.google.com: conditions-attribute-reference, conditions-overview, configuring-resource-based-access,
 * configuring-temporary-access, downscoping-short-lived-credentials and setting-limits-on-granting-roles of iam/docs;
 * access-context-manager/docs/time-and-date-conditions; secret-manager/docs/access-control; storage/docs/access-control/iam.
 */
import { expect } from "chai";
import { compile, type Circumstances } from "../../../local/iam/expression.ts";
import { expressionProblems, type Place } from "../../../local/iam/expression-problems.ts";
import type { Attributes } from "../../../local/iam/types.ts";

type Given = Partial<Circumstances>;

const BUCKET = "projects/_/buckets/acme-orders-aaa";
const ORDER = `${BUCKET}/objects/data_lake/orders/order_date=2019-11-03/aef87g87ae0876`;

const storage = (name: string, type: "Bucket" | "Object", api?: Attributes["api"]): Given => ({
  attributes: {
    name,
    type: `storage.googleapis.com/${type}`,
    service: "storage.googleapis.com",
    ...(api && { api }),
  },
});
const object = (name: string): Given => storage(name, "Object");
const bucket = (name: string): Given => storage(name, "Bucket");
const listed = (prefix: string): Given =>
  storage("projects/_/buckets/example-bucket", "Bucket", {
    "storage.googleapis.com/objectListPrefix": prefix,
  });
const secret = (path: string): Given => ({
  attributes: {
    name: `projects/223080314602/secrets/${path}`,
    type: `secretmanager.googleapis.com/Secret${path.includes("/") ? "Version" : ""}`,
    service: "secretmanager.googleapis.com",
  },
});
const time = (text: string): Given => ({ at: Date.parse(text) });
const granting = (...roles: string[]): Given => ({
  attributes: {
    type: "cloudresourcemanager.googleapis.com/Project",
    service: "cloudresourcemanager.googleapis.com",
    api: { "iam.googleapis.com/modifiedGrantsByRole": roles },
  },
});

const extracted = (template: string, value: string): string =>
  `resource.name.extract("${template}") == "${value}"`;

const EXAMPLES: readonly (readonly [
  expression: string,
  allows: readonly Given[],
  refuses: readonly Given[],
  place?: Place,
])[] = [
  // Names of resources.
  [
    `resource.name.startsWith("projects/_/buckets/exampleco-site-assets/")`,
    [object("projects/_/buckets/exampleco-site-assets/objects/a")],
    [
      object("projects/_/buckets/exampleco-site-assets-2/objects/a"),
      bucket("projects/_/buckets/exampleco-site-assets"),
      {},
    ],
  ],
  [
    `resource.name == "projects/_/buckets/exampleco-site-assets"`,
    [bucket("projects/_/buckets/exampleco-site-assets")],
    [object("projects/_/buckets/exampleco-site-assets/objects/a")],
  ],
  [
    `resource.name != "projects/_/buckets/exampleco-site-assets"`,
    [bucket("projects/_/buckets/other")],
    [bucket("projects/_/buckets/exampleco-site-assets"), {}],
  ],
  [
    `resource.name.endsWith("_prod")`,
    [bucket("projects/_/buckets/orders_prod")],
    [bucket("projects/_/buckets/orders_dev")],
  ],
  [
    `resource.name.startsWith("projects/_/buckets/b/objects/work") && !resource.name.endsWith(".tmp")`,
    [object("projects/_/buckets/b/objects/work/a.txt")],
    [
      object("projects/_/buckets/b/objects/work/a.tmp"),
      object("projects/_/buckets/b/objects/play/a.txt"),
    ],
  ],
  // What extract takes out, in the examples of its own page.
  [
    extracted("/order_date={date}/", "2019-11-03"),
    [object(ORDER)],
    [object(ORDER.replace("2019", "2020")), object(`${BUCKET}/objects/data_lake`)],
  ],
  [
    extracted("buckets/{name}/", "acme-orders-aaa"),
    [object(ORDER)],
    [object(ORDER.replace("aaa", "bbb")), bucket(BUCKET)],
  ],
  [
    extracted("/orders/{empty}order_date", ""),
    [object(ORDER), object("none/of/it")],
    [object(`${BUCKET}/objects/orders/x/order_date`)],
  ],
  [
    extracted("{start}/objects/data_lake", BUCKET),
    [object(ORDER)],
    [object("a/objects/data_lake")],
  ],
  [
    extracted("orders/{end}", "order_date=2019-11-03/aef87g87ae0876"),
    [object(ORDER)],
    [object(`${ORDER}/more`)],
  ],
  [extracted("{all}", ORDER), [object(ORDER)], [object(`${ORDER}/more`)]],
  [
    extracted("/orders/{none}/order_date=", ""),
    [object(ORDER)],
    [object(`${BUCKET}/objects/orders/x/order_date=1`)],
  ],
  [
    extracted("/orders/order_date=2019-11-03/{id}/data_lake", ""),
    [object(ORDER)],
    [object(`${ORDER}/data_lake`)],
  ],
  [
    `resource.name.extract("/order_date={date}/") >= "2019-11-01" && resource.name.extract("/order_date={date}/") < "2019-12-01"`,
    [object(ORDER)],
    [object(ORDER.replace("2019-11-03", "2019-12-01")), object(`${BUCKET}/objects/data_lake`)],
  ],
  // Types and services.
  [
    `resource.type == "storage.googleapis.com/Bucket" || resource.name.startsWith("${BUCKET}/objects/data_lake/")`,
    [bucket(BUCKET), object(ORDER)],
    [object(`${BUCKET}/objects/other`), secret("a"), {}],
  ],
  [
    `resource.service == "storage.googleapis.com"`,
    [bucket(BUCKET), object(ORDER)],
    [secret("a"), granting(), {}],
  ],
  [
    `resource.type == "storage.googleapis.com/Object" && resource.service == "storage.googleapis.com"`,
    [object(ORDER)],
    [bucket(BUCKET), secret("a/versions/1")],
  ],
  [
    `resource.type in ["storage.googleapis.com/Object", "secretmanager.googleapis.com/SecretVersion"]`,
    [object(ORDER), secret("a/versions/1")],
    [bucket(BUCKET), secret("a")],
  ],
  [`resource.type != "storage.googleapis.com/Object"`, [bucket(BUCKET)], [object(ORDER), {}]],
  // Secret Manager's names have the project's number.
  [
    `resource.name == "projects/223080314602/secrets/token/versions/1"`,
    [secret("token/versions/1")],
    [secret("token/versions/2"), secret("token")],
  ],
  [
    `resource.name.startsWith("projects/223080314602/secrets/runvoy-secrets-")`,
    [secret("runvoy-secrets-a"), secret("runvoy-secrets-a/versions/latest")],
    [secret("other"), granting()],
  ],
  [
    `resource.name.endsWith("/versions/1")`,
    [secret("token/versions/1")],
    [secret("token/versions/11")],
  ],
  // Times.
  [
    `request.time < timestamp("2020-10-01T00:00:00.000Z")`,
    [time("2020-09-30T23:59:59.999Z")],
    [time("2020-10-01T00:00:00Z")],
  ],
  [
    `request.time >= timestamp("2020-04-01T00:00:00-07:00") && request.time < timestamp("2020-05-01T00:00:00-07:00")`,
    [time("2020-04-01T07:00:00Z"), time("2020-05-01T06:59:59Z")],
    [time("2020-04-01T06:59:59Z"), time("2020-05-01T07:00:00Z")],
  ],
  [
    `request.time.getHours("Europe/Berlin") >= 9 && request.time.getHours("Europe/Berlin") <= 17 && request.time.getDayOfWeek("Europe/Berlin") >= 1 && request.time.getDayOfWeek("Europe/Berlin") <= 5`,
    // In summer Berlin is two hours ahead, in winter one.
    [time("2020-07-01T07:00:00Z"), time("2020-12-01T08:00:00Z"), time("2020-12-01T16:59:59Z")],
    [
      time("2020-07-01T06:59:59Z"),
      time("2020-12-01T07:00:00Z"),
      time("2020-12-01T17:00:00Z"),
      time("2020-12-05T12:00:00Z"),
    ],
  ],
  [
    `request.time.getHours("America/Los_Angeles") == 19 && request.time.getMinutes("America/Los_Angeles") == 30`,
    [time("2020-01-02T03:30:59Z")],
    [time("2020-01-02T03:31:00Z"), time("2020-01-02T19:30:00Z")],
  ],
  [
    `request.time.getHours("-08:00") == 19`,
    [time("2020-07-02T03:00:00Z")],
    [time("2020-07-02T02:00:00Z")],
  ],
  [
    `request.time.getFullYear("America/Los_Angeles") == 2020`,
    [time("2021-01-01T07:59:59Z")],
    [time("2021-01-01T08:00:00Z"), time("2020-01-01T07:59:59Z")],
  ],
  [
    `request.time.getMonth("America/Los_Angeles") == 0`,
    [time("2020-01-15T12:00:00Z")],
    [time("2020-02-15T12:00:00Z"), time("2020-01-01T00:00:00Z")],
  ],
  [
    `request.time.getDate("America/Los_Angeles") == 1 && request.time.getDayOfMonth("America/Los_Angeles") == 0`,
    [time("2020-03-01T08:00:00Z")],
    [time("2020-03-01T07:59:59Z"), time("2020-03-02T08:00:00Z")],
  ],
  [
    `request.time.getDayOfYear("America/Los_Angeles") == 0`,
    [time("2020-01-01T08:00:00Z")],
    [time("2020-01-02T08:00:00Z")],
  ],
  [
    `request.time < timestamp("2020-01-01T00:00:00Z") + duration("3600s")`,
    [time("2020-01-01T00:59:59Z")],
    [time("2020-01-01T01:00:00Z")],
  ],
  [
    `request.time.getSeconds() < 30 && resource.name.startsWith("${BUCKET}/")`,
    [{ ...object(ORDER), ...time("2020-01-01T00:00:29Z") }],
    [{ ...object(ORDER), ...time("2020-01-01T00:00:30Z") }, time("2020-01-01T00:00:29Z")],
  ],
  // What APIs say of requests.
  [
    `api.getAttribute("iam.googleapis.com/modifiedGrantsByRole", []).hasOnly(["roles/pubsub.editor", "roles/pubsub.publisher"])`,
    [granting("roles/pubsub.editor"), granting(), {}],
    [granting("roles/pubsub.editor", "roles/owner")],
  ],
  [
    `resource.name.startsWith("projects/_/buckets/example-bucket/objects/customer-a")`,
    [object("projects/_/buckets/example-bucket/objects/customer-a/x")],
    [object("projects/_/buckets/example-bucket/objects/customer-b/x"), listed("customer-a")],
    "boundary",
  ],
  [
    `resource.name.startsWith("projects/_/buckets/example-bucket/objects/customer-a") || api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("customer-a")`,
    [
      object("projects/_/buckets/example-bucket/objects/customer-a/x"),
      listed("customer-a"),
      listed("customer-a/2026"),
    ],
    [object("projects/_/buckets/example-bucket/objects/customer-b/x"), listed(""), listed("c")],
    "boundary",
  ],
];

describe("documented conditions", () => {
  it("are about thirty", () => {
    expect(EXAMPLES).to.have.length.above(29);
  });

  for (const [expression, allows, refuses, place = "binding"] of EXAMPLES) {
    it(expression, () => {
      expect(expressionProblems(expression, place)).to.deep.equal([]);
      const isMet = compile(expression);
      const met = (given: Given) => isMet({ at: Date.UTC(2026, 10, 28), ...given }).met;
      for (const given of allows) expect(met(given), JSON.stringify(given)).to.equal(true);
      for (const given of refuses) expect(met(given), JSON.stringify(given)).to.equal(false);
    });
  }
});
