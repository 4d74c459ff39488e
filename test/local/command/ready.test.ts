import { expect } from "chai";
import { readyEvent, readyText } from "../../../local/command/ready.ts";
import { readyOf } from "../../../local/systems/plan-runner/attach.ts";

type Cloud = Parameters<typeof readyText>[0];

function cloudWith(
  entryPoints: ReturnType<Cloud["entryPoints"]>,
  ready: ReturnType<Cloud["ready"]> = { pages: [], hints: [] },
): Cloud {
  const declared = { developer: "user:me@example.com", projectId: "p", slices: {} };
  return {
    entryPoints: () => entryPoints,
    ready: () => ready,
    declared: () => declared as unknown as ReturnType<Cloud["declared"]>,
  };
}

describe("what is said when the local cloud is ready", () => {
  it("is where everything is, and for each system something that works", () => {
    const cloud = cloudWith([
      {
        system: "enqueuer",
        role: "enqueuer",
        url: "http://127.0.0.1:8080",
        target: "https://enqueuer.run.app",
        example: { path: "/enqueue", headers: { "X-Key": "k" }, body: { service: "brain" } },
      },
      {
        system: "plan-runner",
        role: "plan-app",
        url: "http://127.0.0.1:8081",
        target: "https://plan-app.run.app",
      },
    ]);
    expect(readyText(cloud, { stack: "dev", iam: "enforce", tookMs: 1234 })).to.equal(
      `Switchyard: stack dev (p) is ready after 1.2 s. Ctrl-C stops it.

  enqueuer  http://127.0.0.1:8080  as user:me@example.com  (https://enqueuer.run.app)
  plan-app  http://127.0.0.1:8081  as user:me@example.com  (https://plan-app.run.app)

Try:
  curl -s http://127.0.0.1:8080/enqueue -H 'Content-Type: application/json' -H 'X-Key: k' -d '{"service":"brain"}'
  npm run demo plan-runner
`,
    );
  });

  it("is how to push to each folder's repository, and where to look then", () => {
    const entryPoint = {
      system: "plan-runner",
      role: "plan-app",
      url: "http://127.0.0.1:8080",
      target: "https://plan-app.run.app",
    };
    const served = [
      { fullName: "me/infra", folder: "/srv/infra", kind: "saved" },
      { fullName: "acme/web", folder: "/srv/web", kind: "git" },
    ] as const;
    const cloud = cloudWith([entryPoint], readyOf("http://127.0.0.1:8081", served));
    const [, , , gitHub, , ...pushing] = readyText(cloud, {
      stack: "dev",
      iam: "enforce",
      tookMs: 1000,
    }).split("\n");
    expect(gitHub).to.equal("  GitHub    http://127.0.0.1:8081");
    expect(pushing.slice(0, 6)).to.deep.equal([
      "me/infra: Save a file in /srv/infra: it becomes a pull request, and every further save is a push.",
      "  curl -s http://127.0.0.1:8081/me/infra, or open it in a browser.",
      "",
      "acme/web: Check out a branch and commit there (git -C /srv/web switch -c try): it becomes a pull request, and every commit is a push.",
      "  curl -s http://127.0.0.1:8081/acme/web, or open it in a browser.",
      "",
    ]);
  });

  it("is what goes elsewhere, before anything else", () => {
    const url = new URL("http://127.0.0.1:9000");
    const outside = [{ option: "--outside", name: "api.github.com", url }];
    const started = {
      stack: "dev",
      iam: "enforce",
      tookMs: 1,
      outside,
      allow: ["a.example.com"],
    } as const;
    expect(readyText(cloudWith([]), started).split("\n").slice(1, 3)).to.deep.equal([
      "--outside api.github.com: requests go to your program at http://127.0.0.1:9000/.",
      "--allow a.example.com: requests go out to the real https://a.example.com.",
    ]);
    const attachment = () => ({ proxyUrl: "http://127.0.0.1:1", caFile: "/ca.pem" });
    const cloud = { ...cloudWith([]), attachment };
    expect(readyEvent(cloud, started)).to.deep.include({
      outside: { "api.github.com": "http://127.0.0.1:9000/" },
      allow: ["a.example.com"],
    });
    expect(readyEvent(cloud, { ...started, outside: [], allow: [] })).not.to.have.any.keys(
      "outside",
      "allow",
    );
  });

  for (const [iam, sentence] of [
    ["report", /\n--iam report: nothing is refused; what would be is in the log, and in a list/],
    ["off", /\n--iam off: nobody's permissions are looked at, and nothing is refused/],
  ] as const) {
    it(`is that nothing is refused, with --iam ${iam}`, () => {
      expect(readyText(cloudWith([]), { stack: "dev", iam, tookMs: 1 })).to.match(sentence);
    });
  }
});
