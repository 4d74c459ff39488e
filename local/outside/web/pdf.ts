import type { Article } from "./articles.ts";

/** Characters of a line, and lines of the page. */
const WIDTH = 90;
const LINES = 60;

/** A PDF of one page, whose text is readable by programs that read PDFs. */
export function pdfOf({ title, paragraphs }: Article): Buffer {
  const text = [title, ...paragraphs.flatMap((each) => wrapped(each))].slice(0, LINES);
  const shown = text.map((line) => `(${line.replaceAll(/[()\\]/g, "\\$&")}) Tj T*`).join("\n");
  const stream = `BT /F1 9 Tf 12 TL 50 780 Td\n${shown}\nET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
  ];
  let file = "%PDF-1.4\n";
  const offsets = objects.map((object, i) => {
    const offset = file.length;
    file += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const entries = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`);
  const size = objects.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${entries.join("")}`;
  const end = `trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(`${file}${table}${end}`, "latin1");
}

function wrapped(paragraph: string): readonly string[] {
  return ["", ...(paragraph.match(new RegExp(`.{1,${WIDTH}}(?: |$)`, "g")) ?? [])];
}
