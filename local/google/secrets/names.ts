/**
 * Names of secrets and their versions. Requests may name the project by id or by number, answers name it by number, and
 * IAM is asked with the id, as bindings are written. Source: google/cloud/secretmanager/v1/resources.proto.
 */
import { ApiError } from "../../errors.ts";

type Name = string | null | undefined;

/** A project as requests may name it. */
export interface Project {
  readonly projectId: string;
  readonly projectNumber: string;
}

export interface SecretName {
  /** As it was written. */
  readonly project: string;
  readonly secret: string;
}

export interface VersionName extends SecretName {
  /** A number, or `latest`. */
  readonly version: string;
}

const PROJECT = /^projects\/(?<project>[^/]+)$/;
const SECRET = /^projects\/(?<project>[^/]+)\/secrets\/(?<secret>[^/]+)$/;
const VERSION =
  /^projects\/(?<project>[^/]+)\/secrets\/(?<secret>[^/]+)\/versions\/(?<version>\d+|latest)$/;
const REGIONAL = /^projects\/[^/]+\/locations\//;

/** resources.proto: at most 255 letters, digits, hyphens and underscores. */
const SECRET_ID = /^[A-Za-z0-9_-]{1,255}$/;

export function projectOf(name: Name): string {
  return parsed(name, PROJECT).project ?? "";
}

export function secretOf(name: Name): SecretName {
  const { project = "", secret = "" } = parsed(name, SECRET);
  return { project, secret };
}

export function versionOf(name: Name): VersionName {
  const { project = "", secret = "", version = "" } = parsed(name, VERSION);
  return { project, secret, version };
}

/** Throws INVALID_ARGUMENT for an id that no secret can have. The wording is ours. */
export function checkSecretId(id: Name): string {
  if (typeof id === "string" && SECRET_ID.test(id)) return id;
  throw new ApiError(
    "INVALID_ARGUMENT",
    "The secret ID must be 1 to 255 letters, digits, hyphens and underscores.",
  );
}

/** The project as bindings name it; a foreign one as it was written, where nothing is granted. */
export function idOf(project: string, { projectId, projectNumber }: Project): string {
  return project === projectNumber ? projectId : project;
}

export function isOurs(project: string, ours: Project): boolean {
  return idOf(project, ours) === ours.projectId;
}

/** Malformed names: googleapis/nodejs-secret-manager#74. */
function parsed(name: Name, pattern: RegExp): Readonly<Record<string, string>> {
  if (REGIONAL.test(name ?? "")) {
    throw new ApiError(
      "UNIMPLEMENTED",
      "Regional secrets are not supported by the local Secret Manager.",
    );
  }
  const groups = pattern.exec(name ?? "")?.groups;
  if (groups !== undefined) return groups;
  throw new ApiError("INVALID_ARGUMENT", `Resource ID [${name ?? ""}] is not in a valid format.`);
}
