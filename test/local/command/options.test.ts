import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../../infra/commands/arguments.ts";
import { parseOptions } from "../../../local/command/options.ts";

describe("the options of npm run local", () => {
  it("have defaults", () => {
    expect(parseOptions([])).to.deep.equal({
      stack: "dev",
      port: 8080,
      iam: "enforce",
      systems: {},
      outside: [],
      allow: [],
      secrets: new Map(),
      dedupWindowSeconds: 3600,
      isWatching: true,
      isQuiet: false,
      isJson: false,
    });
  });

  it("may all be given", () => {
    const args =
      "--stack prod --port 0 --iam report --worker brain=http://127.0.0.1:8081/base --worker a=http://localhost:1 --repository /srv/infra --repository acme/web=/srv/a=b --outside api.github.com=http://127.0.0.1:9000 --allow example.com --secret key=a=b --dedup-window 60 --no-watch --quiet --json";
    expect(parseOptions(args.split(" "))).to.deep.equal({
      stack: "prod",
      port: 0,
      iam: "report",
      systems: {
        enqueuer: {
          workers: [
            { option: "--worker", name: "brain", url: new URL("http://127.0.0.1:8081/base") },
            { option: "--worker", name: "a", url: new URL("http://localhost:1") },
          ],
        },
        "plan-runner": {
          repositories: [
            { fullName: undefined, folder: "/srv/infra" },
            { fullName: "acme/web", folder: "/srv/a=b" },
          ],
        },
      },
      outside: [
        { option: "--outside", name: "api.github.com", url: new URL("http://127.0.0.1:9000") },
      ],
      allow: ["example.com"],
      secrets: new Map([["key", "a=b"]]),
      dedupWindowSeconds: 60,
      isWatching: false,
      isQuiet: true,
      isJson: true,
    });
  });

  it("ask for help", () => {
    expect([parseOptions(["--help"]), parseOptions(["-h"])]).to.deep.equal([undefined, undefined]);
  });

  for (const [args, message] of [
    ["--iam strict", '--iam is off, report, enforce; "strict" is none of them.'],
    ["--port http", '--port is a number from 0 to 65535; "http" is not.'],
    ["--port 65536", '--port is a number from 0 to 65535; "65536" is not.'],
    ["--dedup-window 1h", '--dedup-window is a number from 0 to 777600; "1h" is not.'],
    ["--dedup-window -3", '--dedup-window is a number from 0 to 777600; "-3" is not.'],
    ["--port -1", '--port is a number from 0 to 65535; "-1" is not.'],
    ["--port", "--port needs a value (--help says what there is)"],
    ["--stack --quiet", "--stack needs a value (--help says what there is)"],
    ["--quiet=yes", "--quiet takes no value (--help says what there is)"],
    ["--prot 1", "Unknown option '--prot'; did you mean --port? (--help says what there is)"],
    ["--port=", '--port is a number from 0 to 65535; "" is not.'],
    [
      "--worker brain",
      '--worker is NAME=URL with an http URL on this machine, like brain=http://127.0.0.1:9000; "brain" is not.',
    ],
    [
      "--worker brain=https://127.0.0.1:8081",
      '--worker is NAME=URL with an http URL on this machine, like brain=http://127.0.0.1:9000; "brain=https://127.0.0.1:8081" is not.',
    ],
    [
      "--worker brain=http://127.0.0.1:8081/?a=b",
      "--worker brain: nothing of a URL is honoured but its host, port and path.",
    ],
    [
      "--worker brain=http://127.0.0.1:8081/#a",
      "--worker brain: nothing of a URL is honoured but its host, port and path.",
    ],
    [
      "--outside api.github.com=http://me:password@127.0.0.1:8081",
      "--outside api.github.com: nothing of a URL is honoured but its host, port and path.",
    ],
    [
      "--worker brain=http://example.com",
      '--worker is NAME=URL with an http URL on this machine, like brain=http://127.0.0.1:9000; "brain=http://example.com" is not.',
    ],
    ...[
      "--repository=",
      "--repository acme/web=",
      "--repository a_b/web=.",
      "--repository a/..=.",
    ].map(
      (args) =>
        [
          args,
          `--repository is FOLDER or OWNER/NAME=FOLDER, like acme/infra=../infra; "${args.slice(13)}" is not.`,
        ] as const,
    ),
  ] as const) {
    it(`refuse ${args}`, () => {
      expect(() => parseOptions(args.split(" "))).to.throw(UsageError, message);
    });
  }

  it("refuse what they do not know", () => {
    expect(() => parseOptions(["--fast"])).to.throw(
      UsageError,
      /--fast.*--help says what there is/,
    );
    expect(() => parseOptions(["dev"])).to.throw(UsageError, /dev.*--help says what there is/);
  });

  it("take a relative folder from where the person is", () => {
    const before = process.env.INIT_CWD;
    process.env.INIT_CWD = "/home/me";
    const systems = parseOptions(["--repository", "infra"])?.systems;
    process.env.INIT_CWD = before ?? "";
    if (before === undefined) delete process.env.INIT_CWD;
    expect(systems).to.deep.equal({
      "plan-runner": { repositories: [{ fullName: undefined, folder: "/home/me/infra" }] },
    });
  });

  describe("--secret", () => {
    let folder = "";
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "switchyard-options-"));
    });
    after(() => rmSync(folder, { recursive: true }));

    it("reads a file, without the line break at its end", () => {
      const file = join(folder, "key.pem");
      writeFileSync(file, "one\ntwo\n");
      expect(parseOptions(["--secret", `key=@${file}`])?.secrets).to.deep.equal(
        new Map([["key", "one\ntwo"]]),
      );
    });

    it("names a file that cannot be read", () => {
      const file = join(folder, "none");
      expect(() => parseOptions(["--secret", `key=@${file}`])).to.throw(
        UsageError,
        `--secret key=@${file}: the file cannot be read (ENOENT).`,
      );
    });

    for (const text of ["letmein", "=letmein", "letmein="]) {
      it(`refuses ${text} without showing it`, () => {
        expect(() => parseOptions(["--secret", text])).to.throw(
          UsageError,
          /^--secret is KEY=VALUE or KEY=@FILE, and one that was given is not\.$/,
        );
      });
    }
  });
});
