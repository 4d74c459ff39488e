/** The key that Google keeps for each service account, with which IAM signs in its name. */
import { sign, verify } from "node:crypto";
import { makeSigningKey, published, type PublishedKey, type SigningKey } from "./signing-key.ts";

/** One account's key, for who may use it. */
export interface AccountKey {
  readonly id: string;
  /** RSA with SHA-256, PKCS #1 v1.5. */
  readonly sign: (bytes: Buffer) => Buffer;
  readonly isSigned: (bytes: Buffer, signature: Buffer) => boolean;
}

/** Made when they are first asked for. Ask only for accounts that there are: each keeps its key for good. */
export class AccountKeys {
  readonly #keys = new Map<string, Promise<SigningKey>>();
  readonly #published = new Map<string, Promise<PublishedKey>>();

  async of(email: string): Promise<AccountKey> {
    const { id, publicKey, privateKey } = await this.#keyOf(email);
    return {
      id,
      sign: (bytes) => sign("sha256", bytes, privateKey),
      isSigned: (bytes, signature) => verify("sha256", bytes, publicKey, signature),
    };
  }

  published(email: string): Promise<PublishedKey> {
    const known = this.#published.get(email);
    if (known !== undefined) return known;
    const made = this.#keyOf(email).then((key) => published(key, email));
    this.#published.set(email, made);
    return made;
  }

  #keyOf(email: string): Promise<SigningKey> {
    const known = this.#keys.get(email);
    if (known !== undefined) return known;
    const made = makeSigningKey();
    this.#keys.set(email, made);
    return made;
  }
}
