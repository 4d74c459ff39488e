import { expect } from "chai";
import { onPlatform, type TestPlatform } from "../../support/platform.ts";
import { attemptsOf, enqueue } from "./stories.ts";

const ENQUEUER = "https://enqueuer-223080314602.us-central1.run.app";
const BRAIN = "https://brain-223080314602.us-central1.run.app";
const QUEUES =
  "https://cloudtasks.googleapis.com/v2/projects/switchyard-dev/locations/us-central1/queues";
const JSON_TYPE = { "content-type": "application/json" };

interface Refusal {
  readonly error: { readonly code: string; readonly status: string; readonly message: string };
}

/** Runs with every binding of the role taken away, and gives them back. */
async function without(p: TestPlatform, role: string, run: () => Promise<void>): Promise<void> {
  const present = p.cloud.declared();
  const bindings = present.bindings.filter((binding) => binding.role !== role);
  await p.cloud.apply({ ...present, bindings });
  try {
    await run();
  } finally {
    await p.cloud.apply(present);
  }
}

onPlatform("enqueuer, where nothing is declared", (p) => {
  it("refuses a caller without a token", async () => {
    const { status } = await p.through(`${ENQUEUER}/enqueue`, {
      method: "POST",
      headers: JSON_TYPE,
      body: {},
    });
    expect(status).to.equal(403);
  });

  it("refuses a caller whose token is for another service", async () => {
    const authorization = `Bearer ${await p.idToken("developer", BRAIN)}`;
    const { status, body } = await p.through(`${ENQUEUER}/health`, { headers: { authorization } });
    expect(status).to.equal(401);
    const why = `the token's audience is ${BRAIN}, but this service is ${ENQUEUER}`;
    expect(body).to.contain(why);
    const [line] = p.log.filter(({ message }) => message.includes(why));
    expect(line).to.deep.equal({
      source: "iam",
      severity: "WARNING",
      message: `refused: a call of projects/switchyard-dev/locations/us-central1/services/enqueuer: ${why}.`,
    });
  });

  it("takes a token as gcloud prints it without an audience", async () => {
    const token = await p.idToken("developer", "32555940559.apps.googleusercontent.com");
    const headers = { authorization: `Bearer ${token}` };
    expect(await p.through(`${ENQUEUER}/health`, { headers })).to.include({ status: 200 });
  });

  it("refuses an identity that may not invoke, and names the row that would allow it", async () => {
    const authorization = `Bearer ${await p.idToken("tasks-dispatcher", ENQUEUER)}`;
    const { status, body } = await p.through(`${ENQUEUER}/health`, { headers: { authorization } });
    expect(status).to.equal(403);
    expect(body).to.match(
      /^Your client does not have permission to get URL \/health from this server/,
    );
    expect(body).to.match(
      /serviceAccount:tasks-dispatcher@\S+ needs roles\/run.\w+ on \S+\/services\/enqueuer/,
    );
  });

  it("refuses the enqueuer's account what it has no row for, over REST", async () => {
    const { status, body } = await p.as("enqueuer-api", `${QUEUES}/queue-brain`);
    const { error } = body as Refusal;
    expect({ status, code: error.status }).to.deep.equal({
      status: 403,
      code: "PERMISSION_DENIED",
    });
    expect(error.message).to.match(
      /^The principal \(user or service account\) lacks IAM permission "cloudtasks.queues.get" for the resource/,
    );
    expect(error.message).to.contain("roles/cloudtasks.viewer on projects/switchyard-dev");
  });

  it("keeps Google's APIs from callers without an access token", async () => {
    const { status } = await p.through(`${QUEUES}/queue-brain`);
    expect(status).to.equal(401);
  });

  it("answers 403 in the envelope when the dispatcher may not be acted as", async () => {
    await without(p, "roles/iam.serviceAccountUser", async () => {
      const { status, body } = await enqueue(p, { service: "brain", payload: {} });
      const { error } = body as Refusal;
      expect({ status, code: error.code }).to.deep.equal({
        status: 403,
        code: "permission_denied",
      });
      expect(error.message).to.contain('lacks IAM permission "iam.serviceAccounts.actAs"');
      expect(error.message).to.contain("roles/iam.serviceAccountUser");
    });
  });

  it("keeps trying a delivery that is refused, and delivers once the binding is there", async () => {
    let task = "";
    await without(p, "roles/run.invoker", async () => {
      const developer = p.cloud.declared();
      // Only the dispatcher loses it: the developer still has to get in.
      const invoker = {
        member: developer.developer,
        role: "roles/run.invoker",
        resource: "projects/switchyard-dev/locations/us-central1/services/enqueuer",
        kind: "role" as const,
      };
      await p.cloud.apply({ ...developer, bindings: [...developer.bindings, invoker] });
      const { body } = await enqueue(p, { service: "brain", payload: {} });
      task = (body as { task: string }).task;
      await p.settle();
      expect(attemptsOf(p.log, task)).to.deep.equal([403]);
    });
    await p.advance({ seconds: 1 });
    expect(attemptsOf(p.log, task).at(-1)).to.equal(200);
  });

  it("signs no token for the dispatcher where Google's own grant is gone", async () => {
    let task = "";
    await without(p, "roles/cloudtasks.serviceAgent", async () => {
      const { body } = await enqueue(p, { service: "brain", payload: {} });
      task = (body as { task: string }).task;
      await p.settle();
      expect(attemptsOf(p.log, task)).to.have.length(1);
      expect(attemptsOf(p.log, task)).to.not.include(200);
      const denied = p.cloud.feed.deniedSince(0).map(({ permission }) => permission);
      expect(denied).to.include("iam.serviceAccounts.getOpenIdToken");
    });
    await p.advance({ seconds: 1 });
    expect(attemptsOf(p.log, task).at(-1)).to.equal(200);
  });

  it("lets nothing out of the machine", async () => {
    const refusal = await p.through("https://elsewhere.invalid/").catch((error: unknown) => error);
    expect(refusal).to.be.an("error");
    expect(p.log.some(({ message }) => message.includes("elsewhere.invalid"))).to.equal(true);
  });

  it("keeps secrets of tokens out of the log", async () => {
    const token = await p.idToken("tasks-dispatcher", BRAIN);
    await enqueue(p, { service: "brain", payload: {} });
    await p.settle();
    const [, , signature = "?"] = token.split(".");
    expect(JSON.stringify(p.log)).to.not.contain(signature);
  });
});

onPlatform(
  "enqueuer, opened to everybody by config",
  (p) => {
    it("answers without a token, and uses the allUsers row", async () => {
      const { status } = await p.through(`${ENQUEUER}/health`);
      expect(status).to.equal(200);
      const used = p.cloud.feed.usedSince(0).map(({ binding }) => binding.member);
      expect(used).to.include("allUsers");
    });
  },
  { config: { enqueuerPublic: true } },
);

onPlatform(
  "enqueuer, with IAM in report mode",
  (p) => {
    it("allows what is not declared, and lists it", async () => {
      const { status } = await p.as("enqueuer-api", `${QUEUES}/queue-brain`);
      expect(status).to.equal(200);
      const [denial] = p.cloud.feed.deniedSince(0);
      expect(denial?.permission).to.equal("cloudtasks.queues.get");
    });
  },
  { iam: "report" },
);

onPlatform(
  "enqueuer, with IAM off",
  (p) => {
    it("still has the worker verify the token, by Google's certificates", async () => {
      const { body } = await enqueue(p, { service: "brain", payload: {} });
      await p.settle();
      expect(attemptsOf(p.log, (body as { task: string }).task)).to.deep.equal([200]);
      const url = `${BRAIN}/process`;
      const stranger = `Bearer ${await p.idToken("enqueuer-api", BRAIN)}`;
      const forged = `${stranger.slice(0, -8)}AAAAAAAA`;
      for (const [authorization, status] of [
        [stranger, 403],
        [forged, 401],
      ] as const) {
        const headers = { ...JSON_TYPE, authorization };
        expect(await p.through(url, { method: "POST", headers, body: {} })).to.include({ status });
      }
    });
  },
  { iam: "off" },
);
