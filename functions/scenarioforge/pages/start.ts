// The first page: what this is, the runs, and the form that launches one.
import { html } from "hono/html";
import { timeOf, type Entry } from "../../scenarios/entries.ts";
import { askButton } from "../../viewer/components/actions.ts";
import { statusBadge } from "../../viewer/components/badge.ts";
import { hero } from "../../viewer/components/hero.ts";
import { emptyState } from "../../viewer/components/notice.ts";
import { pager, rows, type Row } from "../../viewer/components/rows.ts";
import { section } from "../../viewer/components/section.ts";
import { moment } from "../../viewer/format.ts";
import { nothing, phrase, type Html } from "../../viewer/html.ts";
import { shell } from "../../viewer/shell.ts";
import { MAX_QUERY_LENGTH, type ListRequest } from "../listing.ts";
import { START_SCRIPTS } from "./files.ts";
import { horizonText, partsOf } from "./label.ts";
import { launchPart, type UploadLimits } from "./launch.ts";
import { PRODUCT } from "./product.ts";

export interface StartPage {
  /** What was asked for, and the page of runs that answers it. */
  readonly request: ListRequest;
  readonly entries: readonly Entry[];
  readonly next: string | undefined;
  /** The caller has a key. */
  readonly isKnown: boolean;
  readonly uploads: UploadLimits;
  readonly origin: string | undefined;
}

const LIVE_SECONDS = 10;

const TITLE = "Four futures, and what holds in all of them";
const DESCRIPTION =
  "ScenarioForge reads up on a company’s world, builds four futures on the two questions that matter most to it, and tries strategies in each. " +
  "Its report says which strategy holds up best, where it breaks, and what every claim rests on.";

/** Statuses to choose from; those of a run under way are for holders of a key. */
const STATUSES: readonly (readonly [value: string, text: string, isKeyed: boolean])[] = [
  ["", "Any state", false],
  ["COMPLETED", "Completed", false],
  ["COMPLETED_WITH_WARNINGS", "Completed with warnings", false],
  ["FAILED", "Failed", false],
  ["RUNNING", "Running", true],
];

export function startPage(page: StartPage): Html {
  const { request, entries, isKnown, uploads, origin } = page;
  const opens = isFirst(request) && !isKnown;
  const isRunning = entries.some(({ isFinal, isDeleted }) => !isFinal && !isDeleted);
  return shell({
    title: opens ? TITLE : "Runs",
    description: DESCRIPTION,
    product: PRODUCT,
    path: "/",
    origin,
    scripts: START_SCRIPTS,
    isIndexed: opens,
    liveSeconds: isRunning ? LIVE_SECONDS : undefined,
    isLocked: !isKnown,
    main: [
      opens ? opening(page) : html`<h1 class="unseen" id="head">Runs</h1>`,
      runsPart(page),
      launchPart(uploads),
    ],
  });
}

/** Whether nothing was looked for. */
function isFirst({ cursor, deleted, q, status }: ListRequest): boolean {
  return cursor === undefined && !deleted && q === "" && status === undefined;
}

/** Two sentences on what this is, and a report to see it by. */
function opening({ entries }: StartPage): Html {
  const example = entries.find(({ status, isDeleted }) => status === "COMPLETED" && !isDeleted);
  return html`<div id="head">
    ${hero({
      kicker: html`<span>Scenario planning</span>`,
      title: TITLE,
      standfirst: DESCRIPTION,
      actions: html`${
          example === undefined
            ? nothing
            : html`<a class="button primary" href="${hrefOf(example.runId)}">Read a report</a>`
        } <a class="button" href="#launch">Launch a run</a>`,
    })}
  </div>`;
}

function runsPart(page: StartPage): Html {
  const { request, entries, next } = page;
  const first =
    request.cursor === undefined ? undefined : addressOf({ ...request, cursor: undefined });
  return section({
    id: "runs",
    title: request.deleted ? "Deleted runs" : "Runs",
    lede: ledeOf(page),
    body: [
      filters(page),
      entries.length === 0 ? noRuns(page) : list(page),
      pager({
        first,
        next: next === undefined ? undefined : addressOf({ ...request, cursor: next }),
      }),
    ],
  });
}

function ledeOf({ request, isKnown }: StartPage): Html | string {
  if (!isKnown) {
    return "The newest first. Runs that have ended are open to everyone; those under way, to holders of a key.";
  }
  return request.deleted
    ? html`The newest first. <a href="/">Back to all others</a>.`
    : html`The newest first. <a href="#launch">Launch one</a>, or see
        <a href="/?deleted=true">deleted ones</a>.`;
}

function filters({ request, isKnown }: StartPage): Html {
  const { q, status = "", deleted } = request;
  return html`<form class="filters" action="/" method="get" role="search">
    <input
      type="search"
      name="q"
      value="${q}"
      dir="auto"
      maxlength="${MAX_QUERY_LENGTH}"
      placeholder="Company, place or run"
      aria-label="Words in the company, the place or the id"
    />
    <select name="status" aria-label="State">
      ${STATUSES.filter(([, , isKeyed]) => isKnown || !isKeyed).map(
        ([value, text]) =>
          html`<option value="${value}" ${value === status ? html`selected` : nothing}>
            ${text}
          </option>`,
      )}
    </select>
    ${deleted ? html`<input type="hidden" name="deleted" value="true" />` : nothing}
    <button type="submit" class="button">Find</button>
  </form>`;
}

function list({ request, entries, isKnown }: StartPage): Html {
  return html`<form class="listing" action="/compare" method="get">
    ${rows(
      "Runs",
      entries.map((entry) => rowOf(entry, isKnown)),
    )}
    ${
      request.deleted || entries.length < 2
        ? nothing
        : html`<p class="listing-actions">
            <button type="submit" class="button">Compare the chosen two</button>
          </p>`
    }
  </form>`;
}

function rowOf({ runId, key, label, status, isFinal, isDeleted }: Entry, isKnown: boolean): Row {
  const { company, place, months } = partsOf(label);
  const began = beganAt(key);
  const at = moment(began);
  return {
    href: hrefOf(runId),
    title: company,
    about: [
      place === "" ? nothing : phrase(place),
      months === undefined ? nothing : horizonText(months),
      at === undefined
        ? html`<span class="mono">${runId}</span>`
        : html`<time datetime="${began}">${at}</time>`,
    ].filter((each) => each !== nothing),
    state: isDeleted ? statusBadge("DELETED") : statusBadge(status === "" ? "UNKNOWN" : status),
    ...(!isDeleted && {
      pick: { name: "run", value: runId, label: `Compare ${company}, ${at ?? runId}` },
    }),
    actions: isKnown ? actionsOn(runId, isFinal, isDeleted) : undefined,
  };
}

/** As ISO 8601 has it. What others wrote without a time is none. */
function beganAt(key: string): string {
  return timeOf(key).replace(/^(....)(..)(..)(..)(..)(..)$/, "$1-$2-$3T$4:$5:$6Z");
}

function actionsOn(runId: string, isFinal: boolean, isDeleted: boolean): Html | undefined {
  const path = hrefOf(runId);
  if (isDeleted) {
    return askButton({ text: "Restore", ask: `POST ${path}/undelete`, then: "reload" });
  }
  if (isFinal) return undefined;
  return askButton({
    text: "Cancel",
    ask: `POST ${path}/cancel`,
    then: "reload",
    confirm:
      "Cancel this run? It ends as failed, what it has made is kept, and it can go on later.",
  });
}

/** An empty list says why, and what helps. */
function noRuns({ request, isKnown, next }: StartPage): Html {
  const { q, status, deleted, cursor } = request;
  if (next !== undefined) {
    return emptyState({ title: "None so far", body: "The list is long: older runs may fit." });
  }
  if (q !== "" || status !== undefined) {
    return emptyState({
      title: "No run like that",
      body: isKnown
        ? "Every word must stand in the company, the place or the id."
        : "Every word must stand in the company, the place or the id. Runs under way are found with a key.",
      actions: html`<a class="button" href="/">All runs</a>`,
    });
  }
  if (cursor !== undefined) {
    return emptyState({
      title: "No older runs",
      body: "This is the end of the list.",
      actions: html`<a class="button" href="/">The newest</a>`,
    });
  }
  if (deleted)
    return emptyState({
      title: "Nothing is deleted",
      body: "Deleted runs stand here until they are restored.",
    });
  return emptyState({
    title: "No runs yet",
    body: "The first one will stand here. A demo run takes seconds, and costs nothing.",
    actions: html`<a class="button primary" href="#launch">Launch the first</a>`,
  });
}

function hrefOf(runId: string): string {
  return `/runs/${encodeURIComponent(runId)}`;
}

/** The list as it is asked for, at an address. */
function addressOf({ q, status, deleted, cursor }: ListRequest): string {
  const query = new URLSearchParams({
    ...(q !== "" && { q }),
    ...(status !== undefined && { status }),
    ...(deleted && { deleted: "true" }),
    ...(cursor !== undefined && { cursor }),
  }).toString();
  return query === "" ? "/" : `/?${query}`;
}
