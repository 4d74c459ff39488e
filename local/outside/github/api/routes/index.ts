import { APPS } from "./apps.ts";
import { CHECKS } from "./checks.ts";
import { COMMENTS } from "./comments.ts";
import { CONTENTS } from "./contents.ts";
import { GIT } from "./git.ts";
import { GRAPHQL } from "./graphql.ts";
import { PULLS } from "./pulls.ts";
import { REPOSITORIES } from "./repositories.ts";

/** Everything that is answered; anything else is refused by name. */
export const ROUTES = [
  ...APPS,
  ...REPOSITORIES,
  ...CONTENTS,
  ...PULLS,
  ...COMMENTS,
  // Before `commits/{ref}`, whose ref may hold slashes.
  ...CHECKS,
  ...GIT,
  ...GRAPHQL,
];
