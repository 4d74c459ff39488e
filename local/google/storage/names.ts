/** Names that buckets and objects may have. Source: cloud.google.com/storage/docs/buckets#naming and objects#naming. */
import { invalid } from "./errors.ts";

const BUCKET = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;
const MAX_COMPONENT = 63;
const MAX_OBJECT_BYTES = 1024;

/** The name, if a bucket may have it. Throws `invalid`. */
export function checkBucketName(name: unknown): string {
  const isGood =
    typeof name === "string" &&
    BUCKET.test(name) &&
    name.split(".").every((component) => component !== "" && component.length <= MAX_COMPONENT) &&
    !name.startsWith("goog") &&
    !/^\d+(\.\d+){3}$/.test(name);
  if (!isGood) throw invalid(`Invalid bucket name: '${String(name)}'`);
  return name;
}

/** The name, if an object may have it. Throws `invalid`. */
export function checkObjectName(name: string): string {
  const isGood =
    name !== "" &&
    name !== "." &&
    name !== ".." &&
    Buffer.byteLength(name) <= MAX_OBJECT_BYTES &&
    !/[\r\n]/.test(name) &&
    !name.startsWith(".well-known/acme-challenge/");
  if (!isGood) throw invalid(name === "" ? "Required" : `Invalid object name: '${name}'`);
  return name;
}
