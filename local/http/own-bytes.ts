/**
 * The bytes in memory of their own, for whoever keeps them: a small Buffer, and a field of a message, is a piece of
 * something larger, all of which stays for as long as the piece does (nodejs.org/api/buffer.html, Buffer.poolSize).
 */
export function ownBytes(bytes: Uint8Array): Buffer {
  if (bytes.byteLength === bytes.buffer.byteLength && Buffer.isBuffer(bytes)) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}
