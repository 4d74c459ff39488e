/** docs.github.com/rest/apps/apps and …/installations */
import { header } from "../../../../http/message.ts";
import type { TokenFormat } from "../../options.ts";
import type { Installation, Permissions, Repository } from "../../state/model.ts";
import { timestamp } from "../../views/common.ts";
import { appView, installationView, repositoryView, withMetadata } from "../../views/repository.ts";
import { GitHubError, notFound } from "../errors.ts";
import { invalidRequest, isFields, isNumber, isText, optionalList } from "../fields.ts";
import { ok, repositoryOf, route, tokenOf, type Answer, type Call } from "../route.ts";
import { grants } from "../tokens.ts";

export const APPS = [
  route("GET /app", "app", (call) => ok(appView(appOf(call)))),
  route("GET /app/installations/{id}", "app", (call) => ok(installationView(installationOf(call)))),
  route("POST /app/installations/{id}/access_tokens", "app", createToken),
  route("GET /repos/{owner}/{repo}/installation", "app", getRepositoryInstallation),
  route("DELETE /installation/token", "token", revokeToken),
  route("GET /rate_limit", "nothing", ({ world, caller }) => ok(world.rateLimit.view(caller))),
];

function createToken(call: Call): Answer {
  const { world, fields } = call;
  const installation = installationOf(call);
  const permissions = narrowedPermissions(fields.permissions, installation);
  const repositories = narrowedRepositories(call, installation);
  const token = world.tokens.mint({ installation, permissions, repositories }, formatFor(call));
  return {
    status: 201,
    json: {
      token: token.value,
      expires_at: timestamp(token.expiresAt),
      permissions,
      repository_selection:
        repositories === undefined && installation.repositories === "all" ? "all" : "selected",
      ...(repositories !== undefined && { repositories: repositories.map(repositoryView) }),
    },
  };
}

/** github.blog/changelog/2026-05-15-github-app-installation-tokens-per-request-override-header: other values count as none. */
function formatFor({ world, headers }: Call): TokenFormat {
  const wanted = header(headers, "x-github-stateless-s2s-token");
  if (wanted === "enabled") return "stateless";
  return wanted === "disabled" ? "classic" : world.tokenFormat;
}

function narrowedPermissions(wanted: unknown, { app }: Installation): Permissions {
  const held = withMetadata(app.permissions);
  if (wanted === undefined) return held;
  if (!isFields(wanted) || !Object.values(wanted).every(isAccess)) {
    throw invalidRequest("permissions", wanted, "a map of permissions to read, write or admin");
  }
  for (const [name, access] of Object.entries(wanted as Permissions)) {
    if (!grants(held, `${name}:${access}`)) {
      throw new GitHubError(422, "The permissions requested are not granted to this installation.");
    }
  }
  return withMetadata(wanted as Permissions);
}

function isAccess(value: unknown): boolean {
  return value === "read" || value === "write" || value === "admin";
}

/** Undefined when nothing narrows. */
function narrowedRepositories(
  { world, fields }: Call,
  installation: Installation,
): readonly Repository[] | undefined {
  const names = optionalList(fields, "repositories", isText);
  const ids = optionalList(fields, "repository_ids", isNumber);
  if (names === undefined && ids === undefined) return undefined;
  const covered = world.state.repositoriesOf(installation);
  return [
    ...(names ?? []).map((name) => covered.find((each) => sameName(each.name, name))),
    ...(ids ?? []).map((id) => covered.find((each) => each.id === id)),
  ].map((found) => found ?? missingRepository());
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function missingRepository(): never {
  throw new GitHubError(
    422,
    "There is at least one repository that does not exist or is not accessible to the parent installation.",
  );
}

function getRepositoryInstallation(call: Call): Answer {
  const app = appOf(call);
  const installations = call.world.state.installationsOn(repositoryOf(call));
  const installation = installations.find((each) => each.app === app);
  if (installation === undefined) throw notFound();
  return ok(installationView(installation));
}

function revokeToken(call: Call): Answer {
  call.world.tokens.revoke(tokenOf(call));
  return { status: 204 };
}

function installationOf(call: Call): Installation {
  const installation = call.world.state.installations.get(Number(call.param("id")));
  if (installation?.app !== appOf(call)) throw notFound();
  return installation;
}

function appOf({ caller }: Call) {
  if (caller.kind === "app") return caller.app;
  throw new GitHubError(401, "A JSON web token could not be decoded");
}
