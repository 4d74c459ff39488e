/** Where a YAML text says something. */
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";

/** A key of a group, or a place in a list. */
export type Step = string | number;

/** How far a path is said, and where: the line, from 1, of the innermost step that is there. */
export interface Found {
  readonly steps: number;
  readonly line: number | undefined;
}

export function placesIn(text: string): (path: readonly Step[]) => Found {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  return (path) => {
    let node: unknown = document.contents;
    let offset: number | undefined;
    for (const [steps, step] of path.entries()) {
      const child = childOf(node, step);
      if (child === undefined) return { steps, line: lineAt(offset) };
      ({ node, offset } = child);
    }
    return { steps: path.length, line: lineAt(offset) };
  };

  function lineAt(offset: number | undefined): number | undefined {
    return offset === undefined ? undefined : lines.linePos(offset).line;
  }
}

interface Child {
  readonly node: unknown;
  readonly offset: number | undefined;
}

function childOf(parent: unknown, step: Step): Child | undefined {
  if (isSeq(parent)) {
    const node: unknown = typeof step === "number" ? parent.items[step] : undefined;
    return isNode(node) ? { node, offset: node.range?.[0] } : undefined;
  }
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return pair && { node: pair.value, offset: isNode(pair.key) ? pair.key.range?.[0] : undefined };
}
