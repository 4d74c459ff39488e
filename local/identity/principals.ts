import type { Principal } from "../iam/types.ts";

const SERVICE_ACCOUNT_DOMAIN = ".gserviceaccount.com";

/** The IAM member that an email stands for: Google's own domain marks service accounts, anyone else is a user. */
export function principalOfEmail(email: string): Exclude<Principal, "anonymous"> {
  return email.endsWith(SERVICE_ACCOUNT_DOMAIN) ? `serviceAccount:${email}` : `user:${email}`;
}
