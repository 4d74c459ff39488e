/** Refusals in GitHub's shape: docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api. */

export const DOCS = "https://docs.github.com/rest";

export class GitHubError extends Error {
  override readonly name = "GitHubError";
  readonly status: number;
  readonly body: object;

  constructor(status: number, message: string, errors?: readonly object[]) {
    super(message);
    this.status = status;
    const details = errors === undefined ? {} : { errors };
    this.body = { message, ...details, documentation_url: DOCS, status: String(status) };
  }
}

/** Also for what there is but the caller may not know of. */
export function notFound(): GitHubError {
  return new GitHubError(404, "Not Found");
}

export function notAccessible(): GitHubError {
  return new GitHubError(403, "Resource not accessible by integration");
}

export interface FieldError {
  readonly resource: string;
  readonly field?: string;
  readonly code: "missing_field" | "invalid" | "unprocessable" | "custom";
  readonly message?: string;
}

export function validationFailed(error: FieldError): GitHubError {
  return new GitHubError(422, "Validation Failed", [error]);
}
