/**
 * What a token for one tenant may be used for, as `npm run gcs-check` asks for it. It is written apart from the role's own,
 * which it is to be compared with.
 */
import { ConfigError } from "../../config/errors.ts";

/** cloud.google.com/iam/docs/downscoping-short-lived-credentials */
export interface Boundary {
  readonly accessBoundary: {
    readonly accessBoundaryRules: {
      readonly availableResource: string;
      readonly availablePermissions: string[];
      readonly availabilityCondition: { readonly expression: string };
    }[];
  };
}

const BUCKET = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;
/** What would end the text that the condition compares with, or cannot be read in it. */
const UNSAFE = /['\\\p{Cc}]/u;

/** One rule: objects below the prefix, and lists of it. The prefix ends with a slash. */
export function boundaryOf(bucket: string, prefix: string): Boundary {
  const objects = `projects/_/buckets/${bucket}/objects/${prefix}`;
  const list = "api.getAttribute('storage.googleapis.com/objectListPrefix', '')";
  const expression = `resource.name.startsWith('${objects}') || ${list}.startsWith('${prefix}')`;
  return {
    accessBoundary: {
      accessBoundaryRules: [
        {
          availableResource: `//storage.googleapis.com/projects/_/buckets/${bucket}`,
          availablePermissions: ["inRole:roles/storage.objectViewer"],
          availabilityCondition: { expression },
        },
      ],
    },
  };
}

/** The name of a bucket. @throws ConfigError */
export function bucketNamed(text: string): string {
  if (BUCKET.test(text)) return text;
  throw new ConfigError(`${JSON.stringify(text)} is no name of a bucket.`, []);
}

/** A tenant's prefix, with a slash at its end. @throws ConfigError */
export function prefixNamed(text: string): string {
  if (/^\/*$/.test(text)) {
    throw new ConfigError("An empty prefix is the whole bucket: name a tenant's.", []);
  }
  if (UNSAFE.test(text)) {
    const rule = "quotes, backslashes and control characters are refused";
    throw new ConfigError(`${JSON.stringify(text)} is no prefix: ${rule}.`, []);
  }
  return text.endsWith("/") ? text : `${text}/`;
}
