import { createRequire } from "node:module";
import type * as emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";
import type * as structMessages from "google-protobuf/google/protobuf/struct_pb.js";

// Messages are compared by class, so these have to be the SDK's own, wherever npm has put them.
const sdkRequire = createRequire(import.meta.resolve("@pulumi/pulumi/proto/resource_pb.js"));

export const { Empty } = sdkRequire(
  "google-protobuf/google/protobuf/empty_pb.js",
) as typeof emptyMessages;

export const { Struct } = sdkRequire(
  "google-protobuf/google/protobuf/struct_pb.js",
) as typeof structMessages;

/** What a `Struct` is made from. */
export type StructValues = Parameters<typeof structMessages.Struct.fromJavaScript>[0];
