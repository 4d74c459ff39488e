/** What is wrong with a tenant's access to a bucket, from what Cloud Storage answers. */

/** An answer of Cloud Storage's JSON API. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Asks for a path below `https://storage.googleapis.com/storage/v1`. */
export type Ask = (path: string) => Promise<Answer>;

export interface Asked {
  readonly bucket: string;
  /** With a slash at its end. */
  readonly prefix: string;
  /** As the account that tokens are made from. */
  readonly asAccount: Ask;
  /** With the tenant's token. */
  readonly asTenant: Ask;
}

export interface Finding {
  readonly kind: "good" | "wrong" | "note";
  readonly says: string;
}

const LIST = "storage.objects.list";
const GET = "storage.objects.get";

/** All findings, in the order in which they were made. What makes the rest meaningless is the last. */
export async function findings(asked: Asked): Promise<readonly Finding[]> {
  const { bucket, prefix, asAccount, asTenant } = asked;
  const held = await asAccount(testing(bucket));
  if (held.status !== 200) return [notTested(bucket, held)];
  const account: readonly Finding[] = isGranted(held)
    ? [good(`The account has ${LIST} on gs://${bucket}.`)]
    : [
        wrong(
          `The account lacks ${LIST} on gs://${bucket}, and no token of it can have more: grant it roles/storage.objectViewer there. A grant with a condition on objects never allows a list; that needs one without it, or on the bucket itself.`,
        ),
      ];
  const narrowed = await asTenant(testing(bucket));
  if (narrowed.status !== 200) return [...account, notTested(bucket, narrowed)];
  const listed = await asTenant(listing(bucket, prefix));
  return [
    ...account,
    tested(narrowed, listed),
    await listFinding(asked, listed),
    await objectFinding(asked, listed),
    await othersFinding(asked),
  ];
}

/** A boundary that allows lists of a prefix need not say so of the bucket: what the list itself answers decides. */
function tested(narrowed: Answer, listed: Answer): Finding {
  if (isGranted(narrowed)) return good(`testPermissions names ${LIST} for the tenant's token.`);
  const absent = `testPermissions does not name ${LIST} for the tenant's token`;
  if (listed.status !== 200) return wrong(`${absent}.`);
  return note(
    `${absent}, though it may list its prefix: the boundary allows that with a prefix only, and testPermissions has none.`,
  );
}

async function listFinding({ bucket, prefix, asAccount }: Asked, listed: Answer): Promise<Finding> {
  const place = `gs://${bucket}/${prefix}`;
  if (listed.status === 200) return good(`The tenant's token lists ${place}.`);
  if (listed.status !== 403) return wrong(`Listing ${place} failed: ${sentenceOf(listed)}`);
  const { status } = await asAccount(listing(bucket, prefix));
  return status === 200
    ? wrong(
        `The account may list ${place} and the tenant's token may not: the boundary is for another bucket or prefix.`,
      )
    : wrong(`Neither the account nor the tenant's token may list ${place}.`);
}

async function objectFinding(
  { bucket, prefix, asAccount, asTenant }: Asked,
  listed: Answer,
): Promise<Finding> {
  const name = firstName(listed);
  if (name === undefined) return note(`No object below ${prefix} was seen, so none was read.`);
  const path = `/b/${bucket}/o/${encodeURIComponent(name)}`;
  const read = await asTenant(path);
  if (read.status === 200) return good(`The tenant's token reads gs://${bucket}/${name}.`);
  if (read.status !== 403) return wrong(`Reading ${name} failed: ${sentenceOf(read)}`);
  const { status } = await asAccount(path);
  return status === 200
    ? wrong(
        `The account may read ${name} and the tenant's token may not: the boundary is for another prefix.`,
      )
    : wrong(
        `The account lacks ${GET} on ${name}: grant it roles/storage.objectViewer on gs://${bucket}, or mend the prefix of that grant's condition.`,
      );
}

async function othersFinding({ bucket, asTenant }: Asked): Promise<Finding> {
  const { status } = await asTenant(listing(bucket, ""));
  return status === 403
    ? good("The tenant's token cannot list the whole bucket.")
    : wrong(`The tenant's token lists the whole bucket, all tenants' names (${status}).`);
}

function testing(bucket: string): string {
  return `/b/${bucket}/iam/testPermissions?permissions=${LIST}`;
}

function listing(bucket: string, prefix: string): string {
  return `/b/${bucket}/o?${new URLSearchParams({ prefix, maxResults: "1" }).toString()}`;
}

function notTested(bucket: string, answer: Answer): Finding {
  switch (answer.status) {
    case 401:
      return wrong("The token is not accepted: it has expired, or is no access token.");
    case 404:
      return wrong(`There is no bucket ${bucket}.`);
    default:
      return wrong(`testPermissions failed: ${sentenceOf(answer)}`);
  }
}

function isGranted({ body }: Answer): boolean {
  const permissions = fieldOf(body, "permissions");
  return Array.isArray(permissions) && permissions.includes(LIST);
}

function firstName({ body }: Answer): string | undefined {
  const items = fieldOf(body, "items");
  const name: unknown = Array.isArray(items) ? fieldOf(items[0], "name") : undefined;
  return typeof name === "string" ? name : undefined;
}

/** Cloud Storage's own words, or the status. */
function sentenceOf({ status, body }: Answer): string {
  const message = fieldOf(fieldOf(body, "error"), "message");
  return typeof message === "string" ? message : `Cloud Storage answered ${status}.`;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function good(says: string): Finding {
  return { kind: "good", says };
}

function wrong(says: string): Finding {
  return { kind: "wrong", says };
}

function note(says: string): Finding {
  return { kind: "note", says };
}
