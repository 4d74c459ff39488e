const MAX_LENGTH = 1_024;
const MAX_SEGMENT_BYTES = 255;

/**
 * Whether a path names something below the folder that it is relative to: it is not absolute, has no NUL, no segment `..`
 * with either slash, and does not name the folder itself (producer contract, 5.3).
 */
export function isPlainPath(path: string): boolean {
  if (path === "" || path.length > MAX_LENGTH || path.includes("\0")) return false;
  if (/^[/\\]/.test(path)) return false;
  const segments = path.split(/[/\\]/);
  if (segments.includes("..") || segments.every((segment) => segment === "" || segment === ".")) {
    return false;
  }
  return segments.every((segment) => Buffer.byteLength(segment) <= MAX_SEGMENT_BYTES);
}
