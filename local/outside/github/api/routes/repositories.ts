/** docs.github.com/rest/repos/repos and …/collaborators/collaborators */
import { roleOf } from "../../state/state.ts";
import { accountView, repositoryView } from "../../views/repository.ts";
import { notFound } from "../errors.ts";
import { ok, repositoryOf, route, type Answer, type Call } from "../route.ts";

export const REPOSITORIES = [
  route("GET /repos/{owner}/{repo}", ["metadata:read"], (call) =>
    ok(repositoryView(repositoryOf(call))),
  ),
  route(
    "GET /repos/{owner}/{repo}/collaborators/{user}/permission",
    ["metadata:read"],
    getPermission,
  ),
];

/** "the `maintain` role is mapped to `write` and the `triage` role is mapped to `read`" */
const LEGACY = { admin: "admin", maintain: "write", write: "write", triage: "read", read: "read" };

function getPermission(call: Call): Answer {
  const { state } = call.world;
  const login = call.param("user");
  if (!state.hasAccount(login)) throw notFound();
  const user = state.account(login);
  const role = roleOf(repositoryOf(call), login);
  const permission = role === undefined ? "none" : LEGACY[role];
  return ok({ permission, role_name: role ?? "none", user: accountView(user) });
}
