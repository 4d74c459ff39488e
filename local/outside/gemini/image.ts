/** Small pictures: a valid PNG, the same for the same request. */
import { crc32, deflateSync } from "node:zlib";
import type { Dice } from "./dice.ts";

/** Pixels of the longer side. */
const SIDE = 64;

/** Stripes of a few colours. `aspectRatio`: `16:9` */
export function pictureOf(dice: Dice, aspectRatio: string): Buffer {
  const [across = 1, down = 1] = aspectRatio.split(":").map(Number);
  const scale = SIDE / Math.max(across, down);
  const [width, height] = [Math.round(across * scale), Math.round(down * scale)];
  const colours = Array.from({ length: 4 }, () => [dice.int(256), dice.int(256), dice.int(256)]);
  const rows = Array.from({ length: height }, (_, y) => {
    const pixels = Array.from({ length: width }, (_, x) => colours[((x + y) >> 3) % 4] ?? []);
    // No filter in this row.
    return Buffer.from([0, ...pixels.flat()]);
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits of red, green and blue each.
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** w3.org/TR/png-3/#5Chunk-layout */
function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** What is no picture, whatever it is called: it runs where it is shown. */
export const HOSTILE_PICTURE = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>',
);
