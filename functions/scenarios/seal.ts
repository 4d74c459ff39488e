import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a sealed text is for: opened for anything else, it does not open. */
export interface Purpose {
  readonly tenant: string;
  readonly runId: string;
}

/** Encrypts a caller's LLM key for the tasks of one run. `key`: a secret of both roles. */
export function sealed(text: string, key: string, purpose: Purpose): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, derived(key), nonce);
  cipher.setAAD(aad(purpose));
  const encrypted = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]).toString("base64");
}

/** Undefined for what was sealed by another key, for another purpose, or was changed. */
export function opened(text: string, key: string, purpose: Purpose): string | undefined {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, derived(key), nonce);
  decipher.setAAD(aad(purpose));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    const rest = bytes.subarray(NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(rest), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}

/** RFC 5869: the secret may be text of any length. */
function derived(key: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, "", "scenarioforge llm key", 32));
}

function aad({ tenant, runId }: Purpose): Buffer {
  return Buffer.from(`${tenant}/${runId}`);
}
