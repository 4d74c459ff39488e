import { MAX_ARCHIVE } from "../messages/archive-limits.ts";

// What bounds a plan. Each is far above what repositories and plans have, and far below what an instance of 4 GiB holds,
// whose temporary folder is memory too (https://cloud.google.com/run/docs/container-contract#filesystem).

/** Of a commit's archive. GitHub itself advises repositories of at most 5 GB, history included. */
export const ARCHIVE_LIMITS = {
  ...MAX_ARCHIVE,
  entries: 50_000,
  /** Of the header of one entry: a path and a target. */
  headerBytes: 1024 * 1024,
};
export type ArchiveLimits = typeof ARCHIVE_LIMITS;
/** A file that somebody configures by hand is a thousand times smaller; more cannot be judged in time. */
export const MAX_CONFIGURATION_BYTES = 4 * 1024 * 1024;
/** What is kept of a plan's text; of a longer one the middle is left out. */
export const TEXT_BYTES = { head: 5 * 1024 * 1024, tail: 3 * 1024 * 1024 };
/** What is kept of standard error: the end, since the last message is the one that ended it. */
export const ERROR_BYTES = { head: 0, tail: 64 * 1024 };
