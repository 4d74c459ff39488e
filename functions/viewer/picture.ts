// Pictures of rectangles, for link previews: no service that shows one takes an SVG.
import { promisify } from "node:util";
import { crc32, deflate } from "node:zlib";

const compress = promisify(deflate);

/** What link previews are shown at. */
export const PREVIEW = { width: 1200, height: 630 } as const;

/** `#rrggbb` */
export type Colour = string;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colour: Colour;
}

/** A PNG of that size, rectangles over ground, in at most 256 colours (www.w3.org/TR/png-3). */
export async function png(
  { width, height }: { readonly width: number; readonly height: number },
  ground: Colour,
  rectangles: readonly Rectangle[],
): Promise<Buffer> {
  const palette = [...new Set([ground, ...rectangles.map(({ colour }) => colour)])];
  // Each line begins with its filter: none.
  const lines = Buffer.alloc((width + 1) * height);
  for (const each of rectangles) {
    const from = Math.max(0, Math.round(each.x));
    const until = Math.min(width, Math.round(each.x + each.width));
    const last = Math.min(height, Math.round(each.y + each.height));
    for (let y = Math.max(0, Math.round(each.y)); y < last; y += 1) {
      const start = y * (width + 1) + 1;
      lines.fill(palette.indexOf(each.colour), start + from, start + Math.max(from, until));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits that each name a colour of the palette.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(palette.map((colour) => colour.slice(1)).join(""), "hex")),
    chunk("IDAT", await compress(lines)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
