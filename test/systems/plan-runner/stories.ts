/**
 * What the plan runner does for people, end to end, with a scripted OpenTofu in the tools bucket. Each story has a
 * repository of its own and may be run again: the access suite runs those again that used a binding it has taken away.
 */
import { expect } from "chai";
import { secondaryRateLimit } from "../../../local/outside/github/api/faults.ts";
import { lookUp, type Story } from "../../support/story.ts";
import { changes, checksOf, installed, opened, planned } from "./pull-requests.ts";
import { stateObjects } from "./state.ts";
import { gitHubOf } from "../../../local/systems/plan-runner/attach.ts";

const PROJECT = "switchyard-dev";
const FUNCTIONS = ["plan-app", "plan-runner", "plan-executor", "plan-deadletter"];
/** Longer than the subscription waits between two attempts. */
const BACKOFF_SECONDS = 600;
/** As the subscription has it. */
const ATTEMPTS = 50;

function describe_(kind: "topics" | "subscriptions", id: string): Story {
  return {
    title: `lets an operator look at ${kind}/${id}`,
    run: async (p) => {
      const name = `projects/${PROJECT}/${kind}/${id}`;
      const { status, body } = await p.as("developer", `https://pubsub.googleapis.com/v1/${name}`);
      expect({ status, name: (body as { name: string }).name }).to.deep.equal({
        status: 200,
        name,
      });
    },
  };
}

export const stories: readonly Story[] = [
  ...FUNCTIONS.map(lookUp),
  ...["plan", "plan-dead-letter"].map((id) => describe_("topics", id)),
  ...["plan-runner", "plan-deadletter"].map((id) => describe_("subscriptions", id)),
  {
    title: "answers a pull request with one comment and a check",
    run: async (p) => {
      const text = "  # terraform_data.a will be created\n  + resource\n\nPlan: 1 to add";
      const pull = await opened(
        p,
        await installed(p),
        planned(text, changes(["terraform_data.a"])),
      );
      expect(pull.comments.map(({ user }) => user.login)).to.deep.equal(["plan-app-123456[bot]"]);
      const [comment] = pull.comments;
      expect(comment?.body).to.include(
        `<!-- runners-poc:plan:pr-1-${pull.headSha.slice(0, 7)} -->`,
      );
      expect(comment?.body).to.include("1 to add");
      expect(comment?.body).to.match(/\nTimings \(ms\): queue→runner=\d+, .*, total=\d+\n?$/);
      expect(checksOf(pull)).to.deep.equal({ plan: "success" });
    },
  },
  {
    title: "plans with the OpenTofu of the tools bucket, which a new instance fetches",
    run: async (p) => {
      await p.restart("plan-executor");
      const pull = await opened(p, await installed(p));
      expect(checksOf(pull)).to.deep.equal({ plan: "success" });
    },
  },
  {
    title: "knows GitHub's signature by a secret that a new instance reads",
    run: async (p) => {
      await p.restart("plan-app");
      const pull = await opened(p, await installed(p));
      expect(checksOf(pull)).to.deep.equal({ plan: "success" });
    },
  },
  {
    title: "updates the comment at a push",
    run: async (p) => {
      const pull = await opened(p, await installed(p));
      const before = pull.comments.map(({ id }) => id);
      const head = await pull.push(planned("Plan: 2 to destroy", changes([], ["a.b", "a.c"])));
      await p.settle();
      expect(pull.comments.map(({ id }) => id)).to.deep.equal(before);
      expect(pull.comments[0]?.body).to.include(head).and.to.include("2 to destroy");
    },
  },
  {
    title: "takes the comment of a directory away that a push does not change any more",
    run: async (p) => {
      const files = (dir: string, text: string) =>
        Object.fromEntries(
          Object.entries(planned(text)).map(([name, content]) => [`${dir}/${name}`, content]),
        );
      const before = { ...files("a", "as it is"), ...files("b", "as it is") };
      const repository = await installed(p, before);
      const changed = { ...files("a", "changed"), ...files("b", "changed") };
      const pull = await opened(p, repository, changed);
      expect(pull.comments).to.have.length(2);
      await pull.push(files("b", "as it is"));
      await p.settle();
      expect(pull.comments).to.have.length(1);
      expect(pull.comments[0]?.body).to.include("Dir: a");
    },
  },
  {
    title: "downloads a head once that is planned in several directories, and again after a push",
    run: async (p) => {
      const dirs = ["a", "b", "c", "d"];
      const files = (text: string) =>
        Object.fromEntries(
          dirs.flatMap((dir) =>
            Object.entries(planned(text)).map(([name, content]) => [`${dir}/${name}`, content]),
          ),
        );
      const repository = await installed(p, files("as it is"));
      const downloads = (): number =>
        gitHubOf(p.cloud).requests.all.filter(({ path }) =>
          path.startsWith(`/repos/${repository.fullName}/tarball/`),
        ).length;
      const pull = await opened(p, repository, files("changed"));
      expect(checksOf(pull)).to.deep.equal(
        Object.fromEntries(dirs.map((dir) => [`plan: ${dir}`, "success"])),
      );
      expect(downloads()).to.equal(1);
      await pull.push(files("changed once more"));
      await p.settle();
      expect(downloads()).to.equal(2);
    },
  },
  {
    title: "answers a webhook that comes again without planning again",
    run: async (p) => {
      const pull = await opened(p, await installed(p));
      const delivery = gitHubOf(p.cloud).deliveries.findLast(
        ({ event }) => event === "pull_request",
      );
      const guid = delivery?.guid ?? "";
      expect(await stateObjects(p, `deliveries/${guid}`, "developer")).to.have.length(1);
      await gitHubOf(p.cloud).redeliver(guid);
      await p.settle();
      expect(delivery?.attempts.map(({ status }) => status)).to.deep.equal([202, 200]);
      expect(pull.comments).to.have.length(1);
    },
  },
  {
    title: "keeps a plan that is too long for comments where its readers may read it",
    run: async (p) => {
      const lines = Array.from({ length: 20_000 }, (_, n) => `  + line ${n} of a long plan`);
      const text = lines.join("\n");
      const pull = await opened(p, await installed(p), planned(text, changes(["a.b"])));
      const [, object] =
        /https:\/\/storage\.cloud\.google\.com\/switchyard-dev-plan-state\/(\S+?)[)\s]/.exec(
          pull.comments[0]?.body ?? "",
        ) ?? [];
      const url = `https://storage.cloud.google.com/${PROJECT}-plan-state/${object ?? ""}`;
      const { status, body } = await p.as("developer", url);
      expect({ status, isWhole: body === text || body === `${text}\n` }).to.deep.equal({
        status: 200,
        isWhole: true,
      });
    },
  },
  {
    title: "gives up on what fails again and again, and says so on the pull request",
    run: async (p) => {
      const repository = await installed(p);
      // GitHub takes the webhook's questions, and has had enough whenever the runner looks at the pull request.
      gitHubOf(p.cloud).faults.failNext(
        {
          method: "GET",
          path: new RegExp(`^/repos/${repository.fullName}/pulls/\\d+$`),
          times: ATTEMPTS,
        },
        secondaryRateLimit({ retryAfterSeconds: 3600 }),
      );
      const pull = await repository.openPullRequest({ branch: "change", files: planned("x") });
      await p.settle();
      for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
        await p.advance({ seconds: BACKOFF_SECONDS });
      }
      await p.settle();
      expect(pull.comments.map(({ body }) => /gave up/i.test(body))).to.deep.equal([true]);
      expect(checksOf(pull)).to.deep.equal({ plan: "failure" });
    },
  },
  {
    title: "leaves no lease behind",
    run: async (p) => {
      await opened(p, await installed(p));
      expect(await stateObjects(p, "leases/", "developer")).to.deep.equal([]);
    },
  },
];
