import type { CredentialAccessBoundary } from "google-auth-library";

/** https://cloud.google.com/iam/docs/downscoping-short-lived-credentials#availability-condition */
const MAX_EXPRESSION_CHARACTERS = 2_048;

export interface BoundaryOptions {
  readonly bucket: string;
  /** Ends with a slash; empty for the whole bucket. */
  readonly prefix: string;
  /** `explicit` names permissions, `role` a role. Google takes roles only, so both come to the same. */
  readonly mode: "explicit" | "role";
  readonly canUpload: boolean;
  readonly canList: boolean;
  /** An empty prefix is refused without it. */
  readonly allowsBucket: boolean;
}

/** What a token is cut down to. */
export type Boundary =
  | {
      readonly boundary: CredentialAccessBoundary;
      /** What the mode `explicit` stands for; empty in the mode `role`. */
      readonly permissions: readonly string[];
    }
  /** Why there can be none, in words. */
  | { readonly problem: string };

/**
 * The Credential Access Boundary of one tenant's objects (producer contract, 6). Reading and writing are judged by the
 * object's name, listing by the prefix that is asked for: on the bucket itself, where no object's name is.
 */
export function boundaryOf(options: BoundaryOptions): Boundary {
  const { bucket, prefix, mode, canUpload, canList, allowsBucket } = options;
  if (prefix === "" && !allowsBucket) return { problem: "empty_prefix_not_allowed" };
  const isWhole = prefix === "" && canList;
  const expression = isWhole ? undefined : expressionOf(options);
  if (expression !== undefined && expression.length > MAX_EXPRESSION_CHARACTERS) {
    return { problem: `the condition has more than ${MAX_EXPRESSION_CHARACTERS} characters` };
  }
  const permissions = [
    "storage.objects.get",
    ...(canList ? ["storage.objects.list"] : []),
    ...(canUpload ? ["storage.objects.create"] : []),
  ];
  return {
    boundary: {
      accessBoundary: {
        accessBoundaryRules: [
          {
            availableResource: `//storage.googleapis.com/projects/_/buckets/${bucket}`,
            availablePermissions: [
              "inRole:roles/storage.objectViewer",
              // objectCreator could not write a file a second time.
              ...(canUpload ? ["inRole:roles/storage.objectUser"] : []),
            ],
            ...(expression !== undefined && { availabilityCondition: { expression } }),
          },
        ],
      },
    },
    permissions: mode === "explicit" ? permissions : [],
  };
}

function expressionOf({ bucket, prefix, canList }: BoundaryOptions): string {
  const objects = quoted(`projects/_/buckets/${bucket}/objects/${prefix}`);
  const ofObject = `resource.name.startsWith(${objects})`;
  const listed = "api.getAttribute('storage.googleapis.com/objectListPrefix', '')";
  return canList ? `${ofObject} || ${listed}.startsWith(${quoted(prefix)})` : ofObject;
}

/** As CEL reads it: whatever the text is, it stays one text. */
function quoted(text: string): string {
  const escaped = text.replaceAll(/[\\']/g, (char) => `\\${char}`);
  // eslint-disable-next-line no-control-regex -- CEL takes no line end in a text of this kind
  return `'${escaped.replaceAll(/[\u0000-\u001f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)}'`;
}
