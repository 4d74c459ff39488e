import { html } from "hono/html";
import { badge, type Tone } from "../../../viewer/components/badge.ts";
import { emptyState } from "../../../viewer/components/notice.ts";
import { section } from "../../../viewer/components/section.ts";
import { nothing, phrase, type Html } from "../../../viewer/html.ts";
import type { ActionItem } from "../../action-console.ts";
import { forceNamer, type Report } from "../report.ts";

const PRIORITIES = {
  P0: ["Harden", "Do now: makes the recommended strategy hold"],
  P1: ["Hedge", "Keep open: what helps if another world comes"],
  P2: ["Watch", "Look out for: signs that a world is coming"],
} as const;

const STATES: Readonly<Record<ActionItem["status"], readonly [text: string, tone: Tone]>> = {
  open: ["Open", "plain"],
  in_progress: ["In progress", "busy"],
  done: ["Done", "good"],
  blocked: ["Blocked", "bad"],
};

/** What to do: the recommended strategy, when another one is better, and the list of actions. */
export function actionsPart(report: Report, items: readonly ActionItem[]): Html {
  const { recommendations } = report.wind_tunnel_evaluations_v2;
  const { primary_recommended_strategy: primary } = recommendations;
  if (primary === undefined && items.length === 0) {
    return section({
      id: "actions",
      title: "What to do",
      body: emptyState({
        title: "No recommendations",
        body: "They come out of the wind tunnel, which this run did not get through.",
      }),
    });
  }
  const strategy = report.strategies.find(({ id }) => id === primary?.strategy_id);
  return section({
    id: "actions",
    title: "What to do",
    lede: "The strategy that does best in the worst case, when another one is better, and what follows from it.",
    body: [
      primary === undefined
        ? nothing
        : html`<div class="verdict">
            <p class="kicker">Recommended</p>
            <p class="verdict-name" dir="auto">${primary.strategy_name}</p>
            ${strategy === undefined ? nothing : html`<p dir="auto">${strategy.objective}</p>`}
            <p class="hint" dir="auto">${primary.rationale}</p>
          </div>`,
      conditions(recommendations.conditional_recommendations),
      actionConsole(items, report),
    ],
  });
}

function conditions(
  all: Report["wind_tunnel_evaluations_v2"]["recommendations"]["conditional_recommendations"],
): Html {
  if (all.length === 0) return nothing;
  return html`<dl class="conditions">
    ${all.map(
      ({ condition, strategy_name: name, rationale }) =>
        html`<div>
          <dt dir="auto">${condition}</dt>
          <dd dir="auto"><strong>${name}</strong> ${rationale}</dd>
        </div>`,
    )}
  </dl>`;
}

function actionConsole(items: readonly ActionItem[], report: Report): Html {
  const withNames = forceNamer(report);
  return html`<div class="console">
    ${(["P0", "P1", "P2"] as const).map((priority) => {
      const [title, meaning] = PRIORITIES[priority];
      const own = items.filter((each) => each.priority === priority);
      return html`<section aria-labelledby="actions-${priority}">
        <h3 id="actions-${priority}"><span class="id">${priority}</span> ${title}</h3>
        <p class="hint">${meaning}</p>
        ${
          own.length === 0
            ? html`<p class="hint">Nothing.</p>`
            : html`<ul>
                ${own.map((each) => actionItem(each, withNames))}
              </ul>`
        }
      </section>`;
    })}
  </div>`;
}

function actionItem(
  { title, strategy, owner, due, status }: ActionItem,
  withNames: (text: string) => string,
): Html {
  const about = [strategy ?? "", owner === "" ? "" : owner, due === "" ? "" : `due ${due}`]
    .filter((text) => text !== "")
    .map((text) => phrase(text));
  return html`<li>
    <p dir="auto">${withNames(title)}</p>
    <p class="hint">
      ${status === "open" ? nothing : badge(...STATES[status])}
      ${about.map((each, at) => (at === 0 ? each : html` · ${each}`))}
    </p>
  </li>`;
}
