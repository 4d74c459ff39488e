// Two runs side by side: what they were asked, which futures they saw, what held up, and what they recommend.
import { html } from "hono/html";
import type { Entry } from "../../scenarios/entries.ts";
import type { Run } from "../../scenarios/run.ts";
import { chartFrame } from "../../viewer/components/chart.ts";
import { statusBadge } from "../../viewer/components/badge.ts";
import { hero } from "../../viewer/components/hero.ts";
import { emptyState, notice } from "../../viewer/components/notice.ts";
import { section, subsection } from "../../viewer/components/section.ts";
import { table } from "../../viewer/components/table.ts";
import { side, versus, type VersusRow } from "../../viewer/components/versus.ts";
import { plot } from "../../viewer/charts/plot.ts";
import { counted, day, number } from "../../viewer/format.ts";
import { nothing, phrase, type Html } from "../../viewer/html.ts";
import { shell } from "../../viewer/shell.ts";
import {
  isSame,
  type ActionGroup,
  type Both,
  type Comparison,
  type Recommendation,
  type ScenarioPair,
  type Setting,
  type StrategyPair,
} from "./comparison.ts";
import { horizonText, partsOf } from "./label.ts";
import { compareHref } from "./links.ts";
import { PRODUCT } from "./product.ts";
import type { Scenario } from "./report.ts";

/** One of the two. */
export interface Side {
  readonly runId: string;
  readonly run: Run;
}

export interface ComparePage {
  readonly a: Side;
  readonly b: Side;
  readonly comparison: Comparison;
  readonly origin: string | undefined;
}

const DESCRIPTION =
  "Two scenario runs side by side: what they were asked, their futures, scores and recommendations.";

export function comparePage({ a, b, comparison, origin }: ComparePage): Html {
  const [first, second] = [companyOf(a), companyOf(b)];
  return shell({
    title: isSame(first, second) ? `${first}, compared` : `${first} and ${second}`,
    description: DESCRIPTION,
    product: PRODUCT,
    path: "/compare",
    origin,
    isIndexed: false,
    main: [
      html`<div id="head">
        ${hero({
          kicker: html`<span>Two runs compared</span>`,
          title: isSame(first, second) ? first : `${first} · ${second}`,
          standfirst: summaryOf(comparison),
          actions: html`<a class="button" href="${compareHref(b.runId, a.runId)}">Swap A and B</a>`,
        })}
        <div class="contenders">${contender("A", a)} ${contender("B", b)}</div>
      </div>`,
      requestPart(comparison.request),
      recommendationPart(comparison),
      scoresPart(comparison.strategies),
      scenariosPart(comparison.scenarios),
      actionsPart(comparison.actions),
    ],
  });
}

function companyOf({ runId, run }: Side): string {
  return partsOf(run.label ?? runId).company;
}

function contender(letter: "A" | "B", { runId, run }: Side): Html {
  const { company, place, months } = partsOf(run.label ?? runId);
  const about = [place, months === undefined ? "" : horizonText(months), day(run.created_at) ?? ""];
  return html`<article class="contender">
    ${side(letter)}
    <div>
      <h2 dir="auto"><a href="/runs/${encodeURIComponent(runId)}">${phrase(company)}</a></h2>
      <p class="about">
        ${about.filter((each) => each !== "").map((each) => html`<span>${phrase(each)}</span>`)}
      </p>
      <p>${statusBadge(run.is_deleted ? "DELETED" : (run.status ?? "UNKNOWN"))}</p>
      <p class="hint mono">${runId}</p>
    </div>
  </article>`;
}

/** The differences that matter, in a sentence or two. */
function summaryOf({ request, recommended, strategies, scenarios }: Comparison): string {
  const differing = request.filter(({ a, b }) => !isSame(a, b));
  const asked =
    differing.length === 0
      ? "Both were asked the same."
      : `They were asked differently in ${counted(differing.length, "point")}.`;
  const { a, b } = recommended;
  const verdict =
    a === undefined || b === undefined
      ? ""
      : isSame(a.name, b.name)
        ? `Both recommend ${a.name}.`
        : `A recommends ${a.name}; B recommends ${b.name}.`;
  const isShared = ({ a: first, b: second }: Both<unknown>): boolean =>
    first !== undefined && second !== undefined;
  const [futures, ways] = [scenarios.filter(isShared), strategies.filter(isShared)];
  const overlap =
    strategies.length === 0 && scenarios.length === 0
      ? ""
      : `They share ${countedOrNo(futures.length, "scenario")} and ${countedOrNo(ways.length, "strategy", "strategies")}.`;
  return [verdict, asked, overlap].filter((each) => each !== "").join(" ");
}

function countedOrNo(count: number, noun: string, plural?: string): string {
  return count === 0 ? `no ${noun}` : counted(count, noun, plural);
}

const SETTINGS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    company: "Company",
    geography: "Geography",
    scope: "Scope",
    value: "Place",
    horizon: "Horizon in months",
    pack: "Pack",
    strategies: "With strategies",
    sources: "Sources given",
    mode: "Mode",
  }),
);

function requestPart(request: readonly Setting[]): Html {
  const known = request.filter(({ a, b }) => a !== "" || b !== "");
  const rowOf = ({ name, a, b }: Setting): VersusRow => ({
    term: SETTINGS.get(name) ?? html`<span class="mono">${name}</span>`,
    a: orNone(a),
    b: orNone(b),
    isSame: isSame(a, b),
  });
  const differing = known.filter(({ a, b }) => !isSame(a, b));
  const same = known.filter(({ a, b }) => isSame(a, b));
  return section({
    id: "request",
    title: "What was asked",
    lede: "Company, place and horizon, and every setting in which the two differ.",
    body:
      known.length === 0
        ? emptyState({ title: "Not known", body: "Neither run says what it was launched with." })
        : [
            differing.length === 0
              ? html`<p>Nothing differs: the two were launched with the same request.</p>`
              : versus(differing.map(rowOf)),
            same.length === 0
              ? nothing
              : html`<details>
                  <summary>${counted(same.length, "point")} in which they agree</summary>
                  ${versus(same.map(rowOf))}
                </details>`,
          ],
  });
}

function recommendationPart({ recommended }: Comparison): Html {
  const { a, b } = recommended;
  const told = (each: Recommendation | undefined): Html =>
    each === undefined
      ? html`<p class="hint">No recommendation.</p>`
      : html`<p class="verdict-name" dir="auto">${each.name}</p>
          <p class="hint" dir="auto">${each.rationale}</p>`;
  return section({
    id: "recommendation",
    title: "What it recommends",
    lede: "The strategy that does best in the worst case.",
    body: versus([{ term: "Recommended", a: told(a), b: told(b) }]),
  });
}

function scoresPart(strategies: readonly StrategyPair[]): Html {
  return section({
    id: "scores",
    title: "What held up",
    lede: "Robustness of every strategy over all scenarios of its run: the mean weighs most, then the worst case; spread costs.",
    body:
      strategies.length === 0
        ? emptyState({ title: "No scores", body: "Neither run got through its wind tunnel." })
        : chartFrame({
            title: "Robustness, A against B",
            note: "A ring is A, a dot is B. The line between them is the change.",
            wide: dumbbells(strategies, 760, 230),
            narrow: dumbbells(strategies, 350, 118),
            table: scoreTable(strategies),
          }),
  });
}

/** A ring for A and a dot for B on one line for each strategy. */
function dumbbells(
  strategies: readonly StrategyPair[],
  width: number,
  left: number,
): Promise<Html> {
  const perChar = left / 7.2;
  const rows = strategies.map(({ name, a, b }, at) => ({
    place: String(at),
    name: clipped(name, Math.floor(perChar)),
    a: a?.robustness_index,
    b: b?.robustness_index,
  }));
  const names = new Map(rows.map(({ place, name }) => [place, name]));
  const has = (key: "a" | "b") => rows.filter((row) => row[key] !== undefined);
  return plot((Plot) => ({
    width,
    height: 56 + rows.length * 34,
    marginLeft: left,
    marginRight: 24,
    marginTop: 28,
    marginBottom: 8,
    x: { label: null, axis: "top", grid: true, nice: true, ticks: width < 500 ? 4 : 8 },
    y: {
      label: null,
      domain: rows.map(({ place }) => place),
      tickFormat: (place: string) => names.get(place) ?? "",
      tickSize: 0,
    },
    marks: [
      Plot.link(
        rows.filter(({ a, b }) => a !== undefined && b !== undefined),
        { x1: "a", x2: "b", y1: "place", y2: "place", stroke: "var(--ink-soft)", strokeWidth: 1.5 },
      ),
      Plot.dot(has("a"), {
        x: "a",
        y: "place",
        r: 5,
        fill: "var(--paper)",
        stroke: "var(--ink)",
        strokeWidth: 2,
      }),
      Plot.dot(has("b"), { x: "b", y: "place", r: 5.5, fill: "var(--accent)" }),
    ],
  }));
}

function scoreTable(strategies: readonly StrategyPair[]): Html {
  const score = (value: number | undefined): string =>
    value === undefined ? "–" : number(value, 1);
  return table({
    caption: "Robustness and overall score of each strategy in A and in B",
    hidesCaption: true,
    columns: [
      { title: "Strategy", cell: ({ name }) => phrase(name) },
      { title: "A", isNumber: true, cell: ({ a }) => score(a?.robustness_index) },
      { title: "B", isNumber: true, cell: ({ b }) => score(b?.robustness_index) },
      { title: "Change", isNumber: true, cell: (pair) => changeOf(pair) },
      { title: "Rank in A", isNumber: true, cell: ({ a }) => score(a?.rank) },
      { title: "Rank in B", isNumber: true, cell: ({ b }) => score(b?.rank) },
      { title: "Worst case in A", isNumber: true, cell: ({ a }) => score(a?.min_score) },
      { title: "Worst case in B", isNumber: true, cell: ({ b }) => score(b?.min_score) },
    ],
    rows: strategies,
  });
}

function changeOf({ a, b }: StrategyPair): string {
  if (a === undefined) return "only in B";
  if (b === undefined) return "only in A";
  const change = Number((b.robustness_index - a.robustness_index).toFixed(1));
  if (change === 0) return "0";
  return change > 0 ? `+${number(change, 1)}` : `−${number(-change, 1)}`;
}

function scenariosPart(scenarios: readonly ScenarioPair[]): Html {
  const pairs = scenarios.flatMap(({ corner, a, b }) =>
    a === undefined || b === undefined ? [] : [{ corner, a, b }],
  );
  return section({
    id: "scenarios",
    title: "The futures",
    lede: "Side by side where both runs have a scenario at the same corner of the same axes, or of the same name.",
    body:
      scenarios.length === 0
        ? emptyState({ title: "No scenarios", body: "Neither run got so far." })
        : [
            pairs.length === 0
              ? html`<p>The two see different futures: their scenarios stand on different axes.</p>`
              : versus(
                  pairs.map(({ corner, a, b }) => ({
                    term: corner.length === 0 ? a.name : poles(corner),
                    a: scenarioOf(a),
                    b: scenarioOf(b),
                  })),
                ),
            loneScenarios(scenarios),
          ],
  });
}

/** What one run has and the other has not. */
function loneScenarios(scenarios: readonly ScenarioPair[]): Html {
  const ofA = scenarios.filter(({ b }) => b === undefined);
  const ofB = scenarios.filter(({ a }) => a === undefined);
  if (ofA.length + ofB.length === 0) return nothing;
  const column = (letter: "A" | "B", own: readonly ScenarioPair[]): Html =>
    html`<div>
      <h3>${side(letter)} Only in ${letter}</h3>
      ${
        own.length === 0
          ? html`<p class="hint">None.</p>`
          : html`<ul>
              ${own.map(
                ({ corner, a, b }) =>
                  html`<li>
                    <h4 dir="auto">${(a ?? b)?.name ?? ""}</h4>
                    ${corner.length === 0 ? nothing : html`<p class="hint">${poles(corner)}</p>`}
                    <p dir="auto">${clipped((a ?? b)?.narrative ?? "", 160)}</p>
                  </li>`,
              )}
            </ul>`
      }
    </div>`;
  return html`<div class="lone">${column("A", ofA)} ${column("B", ofB)}</div>`;
}

function poles(corner: readonly string[]): Html {
  return html`${corner.map((pole) => html`<span class="corner">${phrase(pole)}</span>`)}`;
}

function scenarioOf({ name, narrative }: Scenario): Html {
  return html`<h3 dir="auto">${name}</h3>
    <p dir="auto">${clipped(narrative, 320)}</p>`;
}

const GROUPS: Readonly<Record<ActionGroup["kind"], string>> = {
  hardening: "Harden",
  hedges: "Hedge",
  triggers: "Watch",
};

function actionsPart(groups: readonly ActionGroup[]): Html {
  const known = groups.filter(({ actions }) => actions.length > 0);
  return section({
    id: "actions",
    title: "What to do",
    lede: "Each action once, with the runs that ask for it.",
    body:
      known.length === 0
        ? emptyState({ title: "No actions", body: "They come out of the wind tunnel." })
        : known.map(({ kind, actions }) =>
            subsection(
              GROUPS[kind],
              html`<ul class="marked">
                ${actions.map(
                  ({ text, isInA, isInB }) =>
                    html`<li>
                      <span class="sides">
                        ${isInA ? side("A") : nothing}${isInB ? side("B") : nothing}
                      </span>
                      <span dir="auto">${text}</span>
                    </li>`,
                )}
              </ul>`,
            ),
          ),
  });
}

export interface ChoosePage {
  /** What is chosen by now: a run's id, or nothing. */
  readonly a: string | undefined;
  readonly b: string | undefined;
  /** To choose from: the newest that the caller sees. */
  readonly entries: readonly Entry[];
  readonly isKnown: boolean;
  readonly problem: string | undefined;
}

/** Where two runs are chosen, when the address does not name two. */
export function choosePage({ a, b, entries, isKnown, problem }: ChoosePage): Html {
  const options = (chosen: string | undefined): Html =>
    html`${
      chosen !== undefined && !entries.some(({ runId }) => runId === chosen)
        ? html`<option selected>${chosen}</option>`
        : nothing
    }
    ${entries.map(({ runId, label }) => {
      const { company, place } = partsOf(label);
      return html`<option value="${runId}" ${runId === chosen ? html`selected` : nothing}>
        ${[company, place, runId].filter((each) => each !== "").join(" · ")}
      </option>`;
    })}`;
  const choice = (name: "a" | "b", letter: "A" | "B", chosen: string | undefined): Html =>
    html`<div class="field">
      <label for="choose-${name}">${side(letter)} Run ${letter}</label>
      <select id="choose-${name}" name="${name}" required>
        ${options(chosen)}
      </select>
    </div>`;
  // The newest as B: what changed since.
  const [newest, before = newest] = entries.map(({ runId }) => runId);
  return shell({
    title: "Compare two runs",
    description: DESCRIPTION,
    product: PRODUCT,
    path: "/compare",
    isIndexed: false,
    isLocked: !isKnown,
    main: [
      hero({
        kicker: html`<span>Comparison</span>`,
        title: "Which two?",
        standfirst:
          "Choose two runs, and see what differs in what they were asked and what came of it.",
      }),
      html`<div id="choose" class="choose">
        ${problem === undefined ? nothing : notice({ tone: "warn", title: problem })}
        ${
          entries.length === 0
            ? emptyState({
                title: "Nothing to compare",
                body: "There is no run that you may see.",
                actions: html`<a class="button" href="/#launch">Launch one</a>`,
              })
            : html`<form class="form" action="/compare" method="get">
                ${choice("a", "A", a ?? before)}
                ${choice("b", "B", b ?? (newest === a ? before : newest))}
                <p class="buttons">
                  <button type="submit" class="button primary">Compare</button>
                </p>
              </form>`
        }
      </div>`,
    ],
  });
}

/** Nothing there is said in words. */
function orNone(text: string): Html {
  return text === "" ? html`<span class="hint">not given</span>` : phrase(text);
}

/** At most so many characters, cut between words. */
function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  const space = cut.lastIndexOf(" ");
  return `${space > most / 2 ? cut.slice(0, space) : cut.replace(/[\ud800-\udbff]$/, "")}…`;
}
