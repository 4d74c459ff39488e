/**
 * Secret Manager's data and its rules. Times are milliseconds since the epoch and are passed in. A payload is in a
 * private field, so that printing a state shows none.
 */
import { ApiError } from "../../errors.ts";
import { ownBytes } from "../../http/own-bytes.ts";
import { crc32c } from "./crc32c.ts";

/** resources.proto, SecretPayload.data. */
const MAX_PAYLOAD_BYTES = 64 * 1024;

export interface Replication {
  /** Empty for automatic replication. */
  readonly locations: readonly string[];
}

type VersionState = "ENABLED" | "DISABLED" | "DESTROYED";

export class Version {
  /** Counted from 1 in each secret. */
  readonly number: number;
  readonly createdAt: number;
  readonly isChecksumGiven: boolean;
  readonly #checksum: number;
  #state: VersionState = "ENABLED";
  #payload: Buffer;
  #destroyedAt: number | undefined;

  constructor(number: number, payload: Uint8Array, isChecksumGiven: boolean, now: number) {
    this.number = number;
    this.createdAt = now;
    this.isChecksumGiven = isChecksumGiven;
    this.#payload = ownBytes(payload);
    this.#checksum = crc32c(payload);
  }

  get state(): VersionState {
    return this.#state;
  }

  get destroyedAt(): number | undefined {
    return this.#destroyedAt;
  }

  /** Throws FAILED_PRECONDITION unless it is enabled; `name` is for the message. */
  access(name: string): { readonly data: Buffer; readonly checksum: number } {
    if (this.#state !== "ENABLED") throw this.#refusal(name);
    return { data: this.#payload, checksum: this.#checksum };
  }

  /** Enables or disables. Throws FAILED_PRECONDITION for a destroyed one, which stays so. */
  set(state: "ENABLED" | "DISABLED", name: string): void {
    if (this.#state === "DESTROYED") throw this.#refusal(name);
    this.#state = state;
  }

  /** Forgets the payload. Throws FAILED_PRECONDITION for one that is destroyed already. */
  destroy(name: string, now: number): void {
    if (this.#state === "DESTROYED") throw this.#refusal(name);
    this.#state = "DESTROYED";
    this.#destroyedAt = now;
    this.#payload = Buffer.alloc(0);
  }

  /** The sentence of AccessSecretVersion (external-secrets/external-secrets#4042), taken to be every method's. */
  #refusal(name: string): ApiError {
    return new ApiError(
      "FAILED_PRECONDITION",
      `Secret Version [${name}] is in ${this.#state} state.`,
    );
  }
}

export class Secret {
  readonly id: string;
  /** Rises with every secret that is made. */
  readonly order: number;
  readonly createdAt: number;
  readonly replication: Replication;
  labels: Readonly<Record<string, string>> = {};
  annotations: Readonly<Record<string, string>> = {};
  /** The version that the program declared last. */
  declared: Version | undefined;
  readonly #versions: Version[] = [];

  constructor(id: string, order: number, replication: Replication, now: number) {
    this.id = id;
    this.order = order;
    this.replication = replication;
    this.createdAt = now;
  }

  /** In the order of creation. */
  get versions(): readonly Version[] {
    return this.#versions;
  }

  /** By number, or `latest`: the one created last, whatever its state. */
  find(version: string): Version | undefined {
    return version === "latest" ? this.#versions.at(-1) : this.#versions[Number(version) - 1];
  }

  /**
   * Adds a version. Throws INVALID_ARGUMENT for a payload that is empty or larger than 64 KiB, or is not what its
   * checksum says. Messages never show the payload; but for the empty one's, which is Google's, their wording is ours.
   */
  add(payload: Uint8Array, checksum: number | undefined, now: number): Version {
    if (payload.length === 0) throw invalid("Secret Payload cannot be empty.");
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw invalid(
        `The secret payload has ${payload.length} bytes; it must be no larger than ${MAX_PAYLOAD_BYTES}.`,
      );
    }
    if (checksum !== undefined && checksum !== crc32c(payload)) {
      throw invalid("The CRC32C checksum of the request does not match its payload.");
    }
    const number = this.#versions.length + 1;
    const version = new Version(number, payload, checksum !== undefined, now);
    this.#versions.push(version);
    return version;
  }
}

export class SecretsState {
  /** By id. */
  readonly secrets = new Map<string, Secret>();
  #order = 0;

  add(id: string, replication: Replication, now: number): Secret {
    const secret = new Secret(id, ++this.#order, replication, now);
    this.secrets.set(id, secret);
    return secret;
  }
}

function invalid(message: string): ApiError {
  return new ApiError("INVALID_ARGUMENT", message);
}
