/** Elements whose content nobody reads. */
const UNREAD: readonly string[] = ["script", "style", "noscript", "template", "svg", "head"];
/** Elements that begin a new line. */
const BLOCK = /^\/?(p|div|br|li|ul|ol|h[1-6]|tr|table|section|article|header|footer|blockquote)$/;
const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
    nbsp: " ",
  }),
);

/** What a reader sees of a page, more or less: no markup, no scripts. Takes time in proportion to the page. */
export function textOfHtml(html: string): { readonly title: string; readonly text: string } {
  // Of other letters the lower case may be longer: places would be others then.
  const lower = html.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const parts: string[] = [];
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf("<", at);
    if (open === -1) {
      parts.push(html.slice(at));
      break;
    }
    parts.push(html.slice(at, open));
    if (html.startsWith("<!--", open)) {
      at = behind(html, "-->", open);
      continue;
    }
    const name = /^\/?[a-z][a-z0-9]*/.exec(lower.slice(open + 1, open + 20))?.[0];
    if (name === undefined && !html.startsWith("<!", open) && !html.startsWith("<?", open)) {
      parts.push("<");
      at = open + 1;
      continue;
    }
    if (name !== undefined && BLOCK.test(name)) parts.push("\n");
    at = UNREAD.includes(name ?? "")
      ? behind(html, ">", lower.indexOf(`</${name ?? ""}`, open))
      : behind(html, ">", open);
  }
  return { title: titleOf(html, lower), text: tidy(parts.join("")) };
}

/** Behind the next such mark; the end where there is none. */
function behind(html: string, mark: string, from: number): number {
  const found = from === -1 ? -1 : html.indexOf(mark, from);
  return found === -1 ? html.length : found + mark.length;
}

function titleOf(html: string, lower: string): string {
  const open = lower.indexOf("<title");
  if (open === -1) return "";
  const begin = behind(html, ">", open);
  const end = lower.indexOf("</title", begin);
  return tidy(html.slice(begin, end === -1 ? begin : end)).replaceAll("\n", " ");
}

function tidy(text: string): string {
  return decoded(text)
    .split("\n")
    .map((line) => line.replace(/[ \t\r\f]+/g, " ").trim())
    .filter((line) => line !== "")
    .join("\n");
}

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (all, ...found) => {
    const [decimal, hexadecimal, name] = found as (string | undefined)[];
    if (name !== undefined) return ENTITIES.get(name.toLowerCase()) ?? all;
    const code = decimal === undefined ? parseInt(hexadecimal ?? "", 16) : Number(decimal);
    const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    return isCharacter ? String.fromCodePoint(code) : all;
  });
}
