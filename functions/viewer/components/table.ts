import { html } from "hono/html";
import { nothing, type Html } from "../html.ts";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Html | string;
  /** Aligned at the end, with figures of one width. Default: no. */
  readonly isNumber?: boolean;
  /** The class of a cell, such as `heatOf(score)`. */
  readonly tone?: (row: Row) => string;
}

export interface Table<Row> {
  /** What it is a table of. */
  readonly caption: string;
  /** Read out, but not shown, where a heading says the same. Default: shown. */
  readonly hidesCaption?: boolean;
  /** The first names the row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}

/** Where it is wider than the page, it scrolls by itself. */
export function table<Row>({ caption, hidesCaption = false, columns, rows }: Table<Row>): Html {
  const numeric = ({ isNumber = false }: Column<Row>): Html =>
    isNumber ? html`class="num"` : nothing;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption class="${hidesCaption ? "unseen" : ""}">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col" ${numeric(column)}>${column.title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map((column, at) => {
                const { cell, tone, isNumber = false } = column;
                const kind = [isNumber ? "num" : "", tone?.(row) ?? ""].join(" ").trim();
                return at === 0
                  ? html`<th scope="row" dir="auto" class="${kind}">${cell(row)}</th>`
                  : html`<td dir="auto" class="${kind}">${cell(row)}</td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
