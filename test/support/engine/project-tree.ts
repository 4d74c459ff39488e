import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { parseDocument, type Document } from "yaml";
import { PROJECT, STACK } from "./stack.ts";

const PROJECT_ROOT = resolve(import.meta.dirname, "../../..");

/** Not part of what a program is made from; a person's own secrets are none of the tests' business. */
const LEFT_OUT = new Set([".env.local", ".git", ".tools", "dist", "node_modules", "test"]);

/** A copy of this project in a folder of its own, to change and to run programs in. */
export class ProjectTree {
  /** Absolute. */
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  /** Copies the working tree as it is now; the installed packages are shared, by a link. */
  static async copy(): Promise<ProjectTree> {
    const root = await mkdtemp(join(tmpdir(), "switchyard-engine-"));
    await cp(PROJECT_ROOT, root, {
      recursive: true,
      filter: (path) => !LEFT_OUT.has(relative(PROJECT_ROOT, path).split(sep)[0] ?? ""),
    });
    await symlink(join(PROJECT_ROOT, "node_modules"), join(root, "node_modules"));
    const tree = new ProjectTree(root);
    // A person's own deployments leave their key's traces there, which fit no other key.
    await tree.#editStackFile((document) => {
      for (const key of ["encryptionsalt", "encryptedkey", "secretsprovider"]) document.delete(key);
    });
    return tree;
  }

  /** Copies a folder that is not part of the program, such as a fixture. `path` is relative to the root. */
  async add(path: string): Promise<void> {
    await cp(join(PROJECT_ROOT, path), join(this.root, path), { recursive: true });
  }

  /** A module of the copy. `path` is relative to the root. */
  async import(path: string): Promise<unknown> {
    return import(pathToFileURL(join(this.root, path)).href);
  }

  /** Replaces a file's text by what `change` makes of it. `path` is relative to the root. */
  async edit(path: string, change: (text: string) => string): Promise<void> {
    const file = join(this.root, path);
    await writeFile(file, change(await readFile(file, "utf8")));
  }

  /** Sets keys of the stack `dev`'s config, named without the project. */
  async configure(values: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#editStackFile((document) => {
      for (const [key, value] of Object.entries(values)) {
        document.setIn(["config", `${PROJECT}:${key}`], value);
      }
    });
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true });
  }

  #editStackFile(change: (document: Document) => void): Promise<void> {
    return this.edit(`Pulumi.${STACK}.yaml`, (text) => {
      const document = parseDocument(text);
      change(document);
      return document.toString();
    });
  }
}
