/** Accounts, Apps, installations and repositories as REST answers and webhooks show them: the fields an App reads. */
import type { Account, App, Installation, Repository } from "../state/model.ts";
import { apiUrl, nodeId, timestamp, webUrl } from "./common.ts";

export function accountView({ id, login, type }: Account) {
  return {
    login,
    id,
    node_id: nodeId(type === "Organization" ? "O" : "U", id),
    url: `${apiUrl}/users/${login}`,
    html_url: `${webUrl}/${login}`,
    type,
    site_admin: false,
  };
}

export function appView({ id, slug, clientId, permissions, events }: App) {
  return {
    id,
    slug,
    client_id: clientId ?? `Iv23li${id}`,
    node_id: nodeId("A", id),
    name: slug,
    html_url: `${webUrl}/apps/${slug}`,
    permissions: withMetadata(permissions),
    events,
  };
}

export function installationView(installation: Installation) {
  const { id, app, account, repositories, createdAt } = installation;
  return {
    id,
    account: accountView(account),
    app_id: app.id,
    app_slug: app.slug,
    target_type: account.type,
    repository_selection: repositories === "all" ? "all" : "selected",
    access_tokens_url: `${apiUrl}/app/installations/${id}/access_tokens`,
    permissions: withMetadata(app.permissions),
    events: app.events,
    created_at: timestamp(createdAt),
    updated_at: timestamp(createdAt),
    suspended_at: null,
  };
}

export function repositoryView(repository: Repository) {
  const { id, name, fullName, owner, isPrivate, defaultBranch, parent, createdAt } = repository;
  return {
    id,
    node_id: nodeId("R", id),
    name,
    full_name: fullName,
    private: isPrivate,
    owner: accountView(owner),
    html_url: `${webUrl}/${fullName}`,
    url: `${apiUrl}/repos/${fullName}`,
    clone_url: `${webUrl}/${fullName}.git`,
    fork: parent !== undefined,
    default_branch: defaultBranch,
    visibility: isPrivate ? "private" : "public",
    archived: false,
    disabled: false,
    created_at: timestamp(createdAt),
  };
}

/** Every App may read metadata; GitHub adds it by itself: docs.github.com/rest/…/permissions-required-for-github-apps. */
export function withMetadata<T extends object>(permissions: T): T & { metadata: "read" } {
  return { ...permissions, metadata: "read" };
}
