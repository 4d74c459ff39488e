/**
 * Cloud Storage's JSON API on one machine: buckets, objects with generations and preconditions, uploads of every kind,
 * copies, versions and soft delete; of the XML API single objects, as signed URLs (V4) lead to them. Not simulated, and
 * refused by name: soft-deleted buckets, restoring in bulk, notifications, ACLs, holds, retention, keys of the customer's
 * own, the XML API's lists, copies and uploads in parts, HMAC keys.
 * Source: cloud.google.com/storage/docs/json_api.
 */
import { header } from "../../http/message.ts";
import type { Cloud, RestSimulator } from "../api.ts";
import type { RunsService, SliceOf } from "../service.ts";
import { storage as declares } from "./declared.ts";
import type { Bucket } from "./declared.ts";
import { notFound, refusal } from "./errors.ts";
import { Lifecycle } from "./buckets/lifecycle.ts";
import { checkBucketName, checkObjectName } from "./names.ts";
import { BROWSER_HOST, askedOf } from "./routes.ts";
import { xmlRefusal } from "./xml/errors.ts";
import { HOST, hostOf, isXml, xmlAskedOf } from "./xml/routes.ts";
import { isSigned, signerOf } from "./xml/signed-url.ts";
import { StorageState } from "./state.ts";
import { goesOn } from "./upload/resumable.ts";
import { Uploads } from "./upload/uploads.ts";

/** Where the JSON API answers beside its own host, under the same paths. */
const OTHER_HOSTS = ["www.googleapis.com", BROWSER_HOST];

export interface CloudStorage extends RestSimulator {
  /**
   * Creates a declared bucket, or gives it other settings, without asking IAM. Objects stay; lifecycle rules that
   * change hold for them too. Throws for a name that no bucket may have.
   */
  declareBucket(bucket: Bucket): void;
  /** Deletes a declared bucket with its objects; one that does not exist is left alone. */
  removeBucket(name: string): void;
  /**
   * Writes an object for the local cloud itself, which asks neither IAM nor preconditions. Throws where there is no such
   * bucket, and for a name that no object may have.
   */
  readonly putObject: (bucket: string, name: string, bytes: Buffer, contentType: string) => void;
  /** Deletes nothing more by age. */
  stop(): void;
}

/** Cloud Storage for the given cloud, without buckets. */
export function cloudStorage(cloud: Cloud): CloudStorage {
  const lifecycle = new Lifecycle(cloud.clock);
  const state = new StorageState({
    changed: (bucket, name) => lifecycle.expect(bucket, name),
    configured: (bucket) => lifecycle.reconsider(bucket),
    removed: (bucket) => lifecycle.forget(bucket),
  });
  const uploads = new Uploads();
  return {
    get hosts() {
      return [HOST, ...OTHER_HOSTS, ...[...state.buckets.keys()].map(hostOf)];
    },
    identify: (request) => {
      const { url, headers } = request;
      if (isXml(url) && isSigned(url)) return signerOf(request, cloud);
      if (header(headers, "authorization") !== undefined) return undefined;
      // Nobody in particular may ask too, and is refused like anyone else.
      return isXml(url) || goesOn(request) ? { principal: "anonymous" } : undefined;
    },
    handle: (request, caller) => {
      const asked = isXml(request.url) ? xmlAskedOf(request) : askedOf(request);
      const { operation, bucketName, objectName, destination } = asked;
      const query = request.url.searchParams;
      return operation({
        cloud,
        caller,
        state,
        uploads,
        request,
        query,
        bucketName,
        objectName,
        destination,
      });
    },
    refusal: (error, { url }) => (isXml(url) ? xmlRefusal(error) : refusal(error)),
    declareBucket({ name, ...settings }) {
      const now = cloud.clock.now();
      const bucket = state.buckets.get(checkBucketName(name));
      if (bucket === undefined) state.addBucket(name, settings, now);
      else state.configure(bucket, settings, now);
    },
    removeBucket(name) {
      const bucket = state.buckets.get(name);
      if (bucket !== undefined) state.removeBucket(bucket);
    },
    putObject: (bucketName, name, bytes, contentType) => {
      const bucket = state.buckets.get(bucketName);
      if (bucket === undefined) throw notFound(`There is no bucket ${bucketName}.`);
      const content = { bytes, metadata: { contentType } };
      state.write(bucket, checkObjectName(name), content, cloud.clock.now());
    },
    stop: () => lifecycle.stop(),
  };
}

/** Cloud Storage as a part of the local cloud. */
export const storageService: RunsService<SliceOf<typeof declares>> = {
  declares,
  start: (cloud) => {
    const simulator = cloudStorage(cloud);
    return {
      apis: [simulator],
      takes: {
        bucket: {
          declare: (bucket) => simulator.declareBucket(bucket),
          remove: (name) => simulator.removeBucket(name),
        },
      },
      offers: { putObject: simulator.putObject },
      stop: () => simulator.stop(),
    };
  },
};
