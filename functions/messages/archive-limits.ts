/** The largest archive of a commit, which the runner keeps and the executor unpacks. */
export const MAX_ARCHIVE = {
  /** As it travels. */
  bytes: 256 * 1024 * 1024,
  /** Of its files, headers and padding among them. */
  unpackedBytes: 512 * 1024 * 1024,
};
export type MaxArchive = typeof MAX_ARCHIVE;
