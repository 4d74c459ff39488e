import { parseHTML } from "linkedom";

/** As much of an element as tests ask for: they have no types of a browser. */
export interface Markup {
  readonly localName: string;
  readonly textContent: string;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  getAttribute(name: string): string | null;
  querySelector(selector: string): Markup | null;
  querySelectorAll(selector: string): Iterable<Markup>;
}

/** A page, or a piece of one, as a browser reads it. */
export function parsed(html: string): Markup {
  return (parseHTML(html) as unknown as { readonly document: Markup }).document;
}

/** What in it could run or lead to what runs: `a href=javascript:…`. */
export function executable(markup: Markup): string[] {
  return [...markup.querySelectorAll("*")].flatMap(({ localName: tag, attributes }) => {
    const found = [...attributes].filter(
      ({ name, value }) =>
        name.startsWith("on") ||
        ["style", "srcdoc", "formaction"].includes(name) ||
        (["href", "src", "action", "data-keyed-src", "data-keyed-href", "data-part"].includes(
          name,
        ) &&
          !/^(?:https?:\/\/|\/(?!\/)|#|$)/.test(value)),
    );
    return ["iframe", "object", "embed", "style", "base"].includes(tag)
      ? [tag]
      : found.map(({ name, value }) => `${tag} ${name}=${value}`);
  });
}
