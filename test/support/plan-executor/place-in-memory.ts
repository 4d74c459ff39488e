import { posix } from "node:path";
import type { Located, Place } from "../../../functions/plan-executor/ports.ts";

/** A place whose files are in memory, by path from its root: `checkout/main.tf`, `data/modules/modules.json`. */
export class PlaceInMemory implements Place {
  readonly checkout = "/place/checkout";
  readonly data = "/place/data";
  readonly plan = "/place/plan";
  readonly files = new Map<string, string>();
  /** What `lost` finds. */
  link: string | undefined;
  isRemoved = false;

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [name, text] of Object.entries(files)) this.files.set(`/place/${name}`, text);
  }

  locate(folder: string, path: string): Promise<Located> {
    const at = posix.resolve(folder, path);
    const isInside = [this.checkout, this.data].some((root) => `${at}/`.startsWith(`${root}/`));
    if (!isInside) return Promise.resolve({ kind: "outside" });
    if (this.files.has(at)) return Promise.resolve({ kind: "file", path: at });
    const isFolder = [...this.files.keys()].some((file) => file.startsWith(`${at}/`));
    return Promise.resolve(isFolder ? { kind: "folder", path: at } : { kind: "missing" });
  }

  names(folder: string): Promise<string[]> {
    const files = [...this.files.keys()].filter((file) => posix.dirname(file) === folder);
    return Promise.resolve(files.map((file) => posix.basename(file)));
  }

  read(file: string): Promise<string | undefined> {
    return Promise.resolve(this.files.get(file));
  }

  lost(): Promise<string | undefined> {
    return Promise.resolve(this.link);
  }

  remove(): Promise<boolean> {
    this.isRemoved = true;
    return Promise.resolve(true);
  }
}
