/** The two checksums of every object, in the Base64 of the API. */
import { createHash } from "node:crypto";

export interface Checksums {
  /** Castagnoli's CRC of the bytes, big-endian. */
  readonly crc32c: string;
  /** Absent of what was composed. */
  readonly md5Hash?: string;
}

/** Castagnoli's polynomial, its bits reversed; RFC 9260, appendix A. Node's own `zlib.crc32` is of another polynomial. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    remainder = (remainder & 1) === 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1;
  }
  return remainder;
});

export function checksumsOf(bytes: Buffer): Required<Checksums> {
  return {
    crc32c: crc32c(bytes),
    md5Hash: createHash("md5").update(bytes).digest("base64"),
  };
}

function crc32c(bytes: Buffer): string {
  let crc = -1;
  // eslint-disable-next-line @typescript-eslint/prefer-for-of -- four times as fast, and archives have tens of megabytes
  for (let i = 0; i < bytes.length; i += 1) {
    crc = (TABLE[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  const sum = Buffer.alloc(4);
  sum.writeInt32BE(~crc);
  return sum.toString("base64");
}
