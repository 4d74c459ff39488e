import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "../kind.ts";
import * as storage from "./kinds.ts";

interface BucketArgs {
  /** Unique in the world: it begins with the project's id. */
  readonly bucketName: string;
  readonly place: Place;
  /** What is deleted by itself. Default: nothing. */
  readonly deletions?: readonly {
    /** Beginnings of objects' names. Default: all objects. */
    readonly prefixes?: readonly string[];
    /** Days since the object was written. */
    readonly afterDays: number;
  }[];
  /** Days for which what was overwritten or deleted is kept as a noncurrent version. Default: no versions. */
  readonly versionDays?: number;
  /** Whether Google keeps what is deleted or overwritten for seven days more. */
  readonly softDelete: boolean;
  /** Whether the bucket may be deleted with objects in it. */
  readonly forceDestroy: boolean;
}

/** A Cloud Storage bucket in one region. Only rows give access to it, and none can open it to everybody. */
export class Bucket extends pulumi.ComponentResource {
  readonly bucketName: string;
  readonly resourceName: string;
  readonly bucket: gcp.storage.Bucket;

  constructor(name: string, args: BucketArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchyard:component:Bucket", name, {}, opts);
    const { bucketName, place, deletions = [], versionDays, softDelete, forceDestroy } = args;
    const lifecycleRules = [
      ...deletions.map(({ prefixes, afterDays }) =>
        deletion({ age: afterDays, ...(prefixes && { matchesPrefixes: [...prefixes] }) }),
      ),
      ...(versionDays === undefined ? [] : [deletion({ daysSinceNoncurrentTime: versionDays })]),
    ];
    this.bucketName = bucketName;
    this.resourceName = storage.bucket.of(bucketName);
    this.bucket = new gcp.storage.Bucket(
      name,
      {
        name: bucketName,
        project: place.project,
        location: place.region,
        uniformBucketLevelAccess: true,
        publicAccessPrevention: "enforced",
        forceDestroy,
        ...(versionDays !== undefined && { versioning: { enabled: true } }),
        ...(lifecycleRules.length > 0 && { lifecycleRules }),
        ...(!softDelete && { softDeletePolicy: { retentionDurationSeconds: 0 } }),
      },
      // Where a stack has it as a child of whoever made it, it stays what it is: a second bucket of its name cannot be made.
      {
        parent: this,
        dependsOn: opts.dependsOn,
        ...(opts.parent && { aliases: [{ parent: opts.parent }] }),
      },
    );
    this.registerOutputs();
  }
}

function deletion(condition: gcp.types.input.storage.BucketLifecycleRuleCondition) {
  return { action: { type: "Delete" }, condition };
}
