import { html } from "hono/html";
import { fileLink } from "../../../viewer/components/actions.ts";
import { section } from "../../../viewer/components/section.ts";
import { counted } from "../../../viewer/format.ts";
import { nothing, type Html } from "../../../viewer/html.ts";

export interface RunFiles {
  readonly runId: string;
  /** Below its artifacts folder: `forces.json`, `images/scenario_S1.png`. */
  readonly names: readonly string[];
  /** There are others. */
  readonly hasMore: boolean;
  /** They are asked for with the tab’s key. */
  readonly areKeyed: boolean;
}

/** Every file of the run, to be read or saved. */
export function filesPart({ runId, names, hasMore, areKeyed }: RunFiles): Html {
  const path = `/artifact/${encodeURIComponent(runId)}`;
  const artifacts = names.filter((name) => !name.includes("/") && !name.endsWith(".meta.json"));
  const images = names.flatMap((name) => (name.startsWith("images/") ? [name.slice(7)] : []));
  const metas = names.filter((name) => name.endsWith(".meta.json"));
  const link = (href: string, text: string): Html => fileLink(href, text, areKeyed);
  const list = (title: string, all: readonly string[], folder: string): Html =>
    all.length === 0
      ? nothing
      : html`<div class="titled">
          ${title === "" ? nothing : html`<h4>${title}</h4>`}
          <ul class="files">
            ${all.map((name) => html`<li>${link(`${folder}/${encodeURIComponent(name)}`, name)}</li>`)}
          </ul>
        </div>`;
  const encoded = encodeURIComponent(runId);
  return section({
    id: "files",
    title: "Files",
    lede: `${hasMore ? "The first " : ""}${counted(names.length, "file")}. What stands above is made of these and of nothing else.`,
    body: [
      html`<div class="titled">
        <h4>The whole run</h4>
        <ul class="files">
          <li>${link(`${path}/view_model.json`, "view_model.json")}</li>
          <li>${link(`/runs/${encoded}/artifacts.zip`, "everything as a zip")}</li>
          <li>${link(`/runs/${encoded}/wind-tunnel.csv`, "wind tunnel as CSV")}</li>
          <li>${link(`/run/${encoded}/node_events`, "events")}</li>
          <li>${link(`/run/${encoded}/normalization`, "repairs")}</li>
        </ul>
      </div>`,
      list(
        "Artifacts",
        artifacts.filter((name) => name !== "view_model.json"),
        path,
      ),
      list("Pictures", images, `${path}/image`),
      metas.length === 0
        ? nothing
        : html`<details>
            <summary>${counted(metas.length, "description")} of where they come from</summary>
            ${list("", metas, path)}
          </details>`,
    ],
  });
}
