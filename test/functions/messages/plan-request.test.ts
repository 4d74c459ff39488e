import { expect } from "chai";
import * as v from "valibot";
import { PlanRequest, RepositoryPath } from "../../../functions/messages/plan-request.ts";
import { LEAST, planRequest } from "../../support/plan-requests.ts";

const COMPLETE = {
  request_id: "6f3e2a54-5a1c-4f5e-9c70-3d2f3e0a1b2c",
  repo: {
    full_name: "octo/infra",
    clone_url: "https://github.com/octo/infra.git",
    default_branch: "main",
  },
  pull_request: {
    number: 7,
    head_sha: "a".repeat(40),
    head_ref: "topic",
    base_ref: "main",
    updated_at: "2026-01-01T00:00:00Z",
  },
  installation: { id: 42, token: "ghs_secret", expires_at: "2026-01-01T00:00:00Z" },
  work: { dir: "envs/prod", tofu_version: "1.7.0", plan_id: "pr-7-aaaaaaa" },
  github_api_base_url: "https://api.github.com",
};

describe("PlanRequest", () => {
  it("accepts the documented message, and drops the token", () => {
    expect(v.parse(PlanRequest, COMPLETE)).to.deep.equal({
      ...COMPLETE,
      installation: { id: 42 },
      work: {
        dir: "envs/prod",
        plan_id: "pr-7-aaaaaaa",
        workspace: "default",
        var_files: [],
        fork_allowed: false,
        settings: {
          allow: { data_sources: [], provisioners: false, providers: [], places: [] },
          protected: [],
        },
      },
    });
  });

  it("fills in the documented defaults", () => {
    const { request_id, work, installation } = v.parse(PlanRequest, LEAST);
    expect({ request_id, dir: work.dir, installation }).to.deep.equal({
      request_id: "",
      dir: ".",
      installation: {},
    });
  });

  it("accepts an owner of an enterprise with managed users", () => {
    const managed = { ...LEAST, repo: { full_name: "mona_acme/infra" } };
    expect(v.is(PlanRequest, managed)).to.equal(true);
  });

  const accepted: [what: string, difference: object, read: object][] = [
    ["an empty API", { github_api_base_url: "" }, { github_api_base_url: undefined }],
    ["no installation", { installation: null }, { installation: {} }],
    ...["", "git@github.com:o/r.git", "ssh://git@github.com/o/r.git", "http://[", "-x"].map(
      (clone_url): [string, object, object] => {
        const repo = { full_name: "o/r", clone_url };
        return [`the clone URL ${JSON.stringify(clone_url)}`, { repo }, { repo }];
      },
    ),
  ];
  for (const [what, difference, read] of accepted) {
    it(`accepts ${what}`, () => {
      expect(v.parse(PlanRequest, { ...LEAST, ...difference })).to.deep.include(read);
    });
  }

  it("takes an empty plan id for the default", () => {
    expect(planRequest({ work: { plan_id: "" } }).work.plan_id).to.equal("default");
  });

  it("accepts variables files above the directory", () => {
    const var_files = ["../common.tfvars", "./a/../../b.tfvars"];
    expect(planRequest({ work: { var_files } }).work.var_files).to.deep.equal([
      "../common.tfvars",
      "a/../../b.tfvars",
    ]);
  });

  for (const workspace of [
    "team@prod",
    "a+b",
    "x$y&z=:",
    "-x",
    "a.b_c~d",
    "...",
    "x".repeat(255),
  ]) {
    it(`accepts the workspace ${workspace.slice(0, 20)}, as OpenTofu does`, () => {
      const plans = [{ dir: ".", workspace }];
      expect(planRequest({ work: { workspace, plans } }).work).to.deep.include({
        workspace,
        plans,
      });
    });
  }

  it("reads all plans of the pull request", () => {
    const plans = [{ dir: "./a/", workspace: "blue" }];
    expect(planRequest({ work: { plans } }).work.plans).to.deep.equal([
      { dir: "a", workspace: "blue" },
    ]);
  });

  const wrong: [what: string, difference: object][] = [
    ["no repository", { repo: {} }],
    ["a repository of three parts", { repo: { full_name: "a/b/c" } }],
    ["a repository above its owner", { repo: { full_name: "octo/.." } }],
    ["an endless clone URL", { repo: { full_name: "o/r", clone_url: "x".repeat(501) } }],
    ["an API of another kind", { github_api_base_url: "ftp://api.github.com" }],
    ["number 0", { pull_request: { number: 0, head_sha: "a".repeat(40) } }],
    ["a short commit", { pull_request: { number: 7, head_sha: "aaaaaaa" } }],
    ["an option for a commit", { pull_request: { number: 7, head_sha: "--upload-pack=x" } }],
    [
      "a time that is none",
      { pull_request: { number: 7, head_sha: "a".repeat(40), updated_at: "yesterday" } },
    ],
    ["no plan id", { work: {} }],
    ["a plan id that ends a comment", { work: { plan_id: "x-->" } }],
    ["a directory above the repository", { work: { plan_id: "x", dir: "a/../.." } }],
    ["an absolute variables file", { work: { plan_id: "x", var_files: ["/x.tfvars"] } }],
    ["a variables file with a backslash", { work: { plan_id: "x", var_files: ["..\\x"] } }],
    ["a variables file with a NUL", { work: { plan_id: "x", var_files: ["x\u0000"] } }],
    ["an endless variables file", { work: { plan_id: "x", var_files: ["x".repeat(501)] } }],
    ["a variables file that is an option", { work: { plan_id: "x", var_files: ["-x"] } }],
    [
      "more plans than one pull request may have",
      {
        work: {
          plan_id: "x",
          plans: Array.from({ length: 51 }, () => ({ dir: ".", workspace: "default" })),
        },
      },
    ],
    [
      "a plan above the repository",
      { work: { plan_id: "x", plans: [{ dir: "..", workspace: "default" }] } },
    ],
    ["a workspace with a slash", { work: { plan_id: "x", workspace: "a/b" } }],
    ["a workspace with a space", { work: { plan_id: "x", workspace: "a b" } }],
    ["a workspace that a URL would escape", { work: { plan_id: "x", workspace: "a!(b)" } }],
    ["a workspace of other letters", { work: { plan_id: "x", workspace: "\u00e9" } }],
    ["a workspace that is another folder", { work: { plan_id: "x", workspace: ".." } }],
    ["an endless workspace", { work: { plan_id: "x", workspace: "x".repeat(256) } }],
    ["a workspace without a name", { work: { plan_id: "x", workspace: "" } }],
  ];
  for (const [what, difference] of wrong) {
    it(`refuses ${what}`, () => {
      expect(v.safeParse(PlanRequest, { ...LEAST, ...difference }).success).to.equal(false);
    });
  }
});

describe("RepositoryPath", () => {
  for (const [given, path] of [
    ["a/./b", "a/b"],
    ["a//b/", "a/b"],
    ["././a/.", "a"],
    ["a.b/.c", "a.b/.c"],
    ["", "."],
    [".", "."],
    ["./", "."],
    ["./envs/prod//", "envs/prod"],
    ["..x/y..", "..x/y.."],
  ]) {
    it(`takes ${JSON.stringify(given)} for ${path}`, () => {
      expect(v.parse(RepositoryPath, given)).to.equal(path);
    });
  }
  for (const given of ["/etc", "..", "a/..", "-x", "a\\b", "a\nb", "a\u0000b"]) {
    it(`refuses ${JSON.stringify(given)}`, () => {
      expect(v.is(RepositoryPath, given)).to.equal(false);
    });
  }
});
