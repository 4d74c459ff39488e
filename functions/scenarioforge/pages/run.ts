// The page of a run, whatever state it is in.
import { html } from "hono/html";
import { isStalled } from "../../scenarios/patches.ts";
import type { NodeEvent, Run } from "../../scenarios/run.ts";
import { askButton, keyNote } from "../../viewer/components/actions.ts";
import { badge, statusBadge } from "../../viewer/components/badge.ts";
import { facts } from "../../viewer/components/facts.ts";
import { hero } from "../../viewer/components/hero.ts";
import { notice } from "../../viewer/components/notice.ts";
import { counted, day } from "../../viewer/format.ts";
import { nothing, type Html } from "../../viewer/html.ts";
import { shell } from "../../viewer/shell.ts";
import type { ActionItem } from "../action-console.ts";
import { CANCELLED } from "../cancel.ts";
import { actionsPart } from "./parts/actions.ts";
import { answerCard } from "./parts/answer.ts";
import { chatPart } from "./parts/chat.ts";
import { companyPart } from "./parts/company.ts";
import { filesPart } from "./parts/files.ts";
import { forcesPart } from "./parts/forces.ts";
import { stepsFrom } from "./nodes.ts";
import { horizonText, partsOf } from "./label.ts";
import { compareHref, isPublic, linksOf } from "./links.ts";
import { LIVE_PARTS } from "./live-parts.ts";
import { makingPart, progressOf, type Making } from "./parts/making.ts";
import { scenariosPart } from "./parts/scenarios.ts";
import { windTunnelPart } from "./parts/wind-tunnel.ts";
import { PRODUCT } from "./product.ts";
import { reportOf, type Report } from "./report.ts";

export interface RunPage {
  readonly runId: string;
  readonly run: Run;
  readonly events: readonly NodeEvent[];
  /** Names below its artifacts folder. */
  readonly files: readonly string[];
  /** There are more than one list shows. */
  readonly hasMoreFiles: boolean;
  /** Undefined while the run is under way, and where others wrote it without. */
  readonly viewModel: unknown;
  readonly actions: readonly ActionItem[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** `https://host`, as it was asked for. */
  readonly origin: string | undefined;
}

const LIVE_SECONDS = 3;

export function runPage(page: RunPage): Html {
  const { runId, run, origin, viewModel } = page;
  const report = reportOf(viewModel);
  const title = titleOf(run, report, runId);
  const path = `/runs/${runId}`;
  return shell({
    title,
    description: descriptionOf(page, report),
    product: PRODUCT,
    path,
    origin,
    image: isPublic(run)
      ? { path: `${path}/preview.png`, alt: "How the strategies do in the scenarios, as colours" }
      : undefined,
    isIndexed: false,
    liveSeconds: run.is_final || isStalled(run, page.now) ? undefined : LIVE_SECONDS,
    main: [
      head(page, report, title),
      ...(viewModel === undefined ? piecemeal(page) : whole(page, report)),
    ],
  });
}

/** `<company> | SP<months> | <geography>` is how runs are called; the first of it is the title. */
function titleOf({ label }: Run, { company_profile: company }: Report, runId: string): string {
  return (
    [company.company_name, partsOf(label ?? "").company, runId].find(
      (text) => text.trim() !== "",
    ) ?? runId
  );
}

function descriptionOf({ run }: RunPage, report: Report): string {
  const { focal_issue: issue, scenarios, strategies } = report;
  const { primary_recommended_strategy: primary } =
    report.wind_tunnel_evaluations_v2.recommendations;
  const sentences = [
    issue.focal_issue,
    scenarios.length > 0 && strategies.length > 0
      ? `${counted(strategies.length, "strategy", "strategies")} in ${counted(scenarios.length, "scenario")}.`
      : "",
    primary === undefined ? "" : `Recommended: ${primary.strategy_name}.`,
  ].filter((text) => text !== "");
  return sentences.length > 0
    ? sentences.join(" ").slice(0, 300)
    : `A scenario run, ${run.status ?? "unknown"}.`;
}

function head(page: RunPage, report: Report, title: string): Html {
  const { runId, run, now } = page;
  const { company_profile: company, focal_issue: issue } = report;
  const { place } = partsOf(run.label ?? "");
  const horizon = company.horizon_months ?? issue.scope.time_horizon_months;
  const at = day(run.completed_at ?? run.created_at);
  return html`<div id="head">
    ${hero({
      kicker: html`<span>Scenario report</span> ${stateOf(run, now)}
        ${at === undefined ? nothing : html`<span>${at}</span>`}`,
      title,
      standfirst: issue.focal_issue,
      facts: facts([
        ["Geography", issue.scope.geography || company.geography || place],
        ["Horizon", horizon === undefined ? undefined : horizonText(horizon)],
        ["Evidence", run.signature_payload?.mode === "demo" ? "Simulated (demo run)" : undefined],
        ["Run", html`<span class="mono">${runId}</span>`],
      ]),
      actions: actionsOn(page),
      aside: answerCard(report),
    })}
    ${noticesOf(page)}
  </div>`;
}

function stateOf(run: Run, now: number): Html {
  if (run.is_deleted) return statusBadge("DELETED");
  if (isStalled(run, now)) return statusBadge("STALLED");
  return run.status === undefined ? badge("State unknown") : statusBadge(run.status);
}

function actionsOn({ runId, run }: RunPage): Html {
  if (!run.is_final && !run.is_deleted) {
    const cancel = askButton({
      text: "Cancel this run",
      ask: `POST /runs/${runId}/cancel`,
      then: "reload",
      confirm: "Cancel this run? What it has made is kept, and it can be resumed.",
    });
    return html`<div class="buttons" data-keyed hidden>${cancel}</div>`;
  }
  const restore = askButton({
    text: "Restore this run",
    ask: `POST /runs/${runId}/undelete`,
    then: "reload",
    isPrimary: true,
  });
  const others = html`${askButton({
    text: "Run again",
    ask: `POST /runs/${runId}/clone`,
    then: "/runs/{run_id}",
  })}
  ${askButton({
    text: "Delete",
    ask: `DELETE /runs/${runId}`,
    then: "reload",
    confirm: "Delete this run? Its files stay, and it can be restored.",
  })}`;
  return html`${isPublic(run) ? compareLink(runId, run) : nothing}
    <div class="buttons" data-keyed hidden>${run.is_deleted ? restore : others}</div>`;
}

/** With the run that this one took the place of, or with one to be chosen. */
function compareLink(runId: string, { parent_run_id: parent }: Run): Html {
  return typeof parent === "string"
    ? html`<a class="button" href="${compareHref(parent, runId)}">Compare with the run before</a>`
    : html`<a class="button" href="${compareHref(runId)}">Compare with another</a>`;
}

function noticesOf(page: RunPage): Html {
  const { runId, run, events, now } = page;
  if (run.is_deleted) {
    const on = day(run.deleted_at);
    return notice({
      tone: "plain",
      title: on === undefined ? "This run is deleted" : `This run was deleted on ${on}`,
      body: "It is in no list, and only holders of a key see this page. Everything it made is still there.",
    });
  }
  if (isStalled(run, now)) {
    return notice({
      tone: "warn",
      title: "This run has given no sign of life for too long",
      body: "Whoever worked on it is gone. Going on begins with the node that was left.",
      actions: html`<span data-keyed hidden>${resumeButton(page)}</span>`,
    });
  }
  if (run.is_final && run.status === "FAILED") {
    const { failed } = progressOf(run, events);
    const reason = run.error ?? failed?.attempts.at(-1)?.error ?? "";
    const place =
      failed === undefined
        ? ""
        : ` at ${failed.title}, after ${counted(failed.attempts.length, "attempt")}`;
    return notice({
      tone: "bad",
      title: run.error === CANCELLED ? "This run was cancelled" : `This run failed${place}`,
      body: html`${reason === "" ? nothing : html`<p class="reason" dir="auto">${reason}</p>`}
        <p>What was made before is below, and is kept: the run can go on from there.</p>
        ${keyNote("Going on needs a key.")}`,
      actions: html`<span class="buttons" data-keyed hidden>
        ${resumeButton(page)}
        ${askButton({ text: "Run anew", ask: `POST /runs/${runId}/clone`, then: "/runs/{run_id}" })}
      </span>`,
    });
  }
  if (run.status === "COMPLETED_WITH_WARNINGS") {
    return notice({
      tone: "warn",
      title: "Completed, with findings",
      body: html`The audit found something that a reader should know:
        <a href="/artifact/${runId}/audit_report.json">its report</a>.`,
    });
  }
  return nothing;
}

function resumeButton({ runId, run, events }: RunPage): Html {
  const { failed, running, through } = progressOf(run, events);
  const from = failed ?? running ?? stepsFrom(events, run)[through];
  return askButton({
    text: from === undefined ? "Go on" : `Go on from ${from.title}`,
    ask: `POST /runs/${runId}/resume`,
    body: { resume_from: from?.name ?? "charter" },
    then: "reload",
    isPrimary: true,
  });
}

/** A run that has ended: the report, then how it was made. */
function whole(page: RunPage, report: Report): Html[] {
  const { runId, run, files, hasMoreFiles, actions } = page;
  const links = linksOf(runId, run, files);
  return [
    contents(),
    companyPart(report),
    forcesPart(report, links),
    scenariosPart(report, links),
    windTunnelPart(report, links),
    actionsPart(report, actions),
    chatPart(runId),
    makingPart(makingOf(page)),
    filesPart({ runId, names: files, hasMore: hasMoreFiles, areKeyed: links.areKeyed }),
  ];
}

function makingOf({ runId, run, events, now }: RunPage): Making {
  return { runId, run, events, isStalled: isStalled(run, now) };
}

function contents(): Html {
  const parts = [
    ["company", "The question"],
    ["forces", "Forces"],
    ["scenarios", "Scenarios"],
    ["wind-tunnel", "Wind tunnel"],
    ["actions", "What to do"],
    ["ask", "Ask"],
    ["making", "How it was made"],
    ["files", "Files"],
  ] as const;
  return html`<nav class="contents" id="contents" aria-label="On this page">
    ${parts.map(([id, text]) => html`<a href="#${id}">${text}</a>`)}
  </nav>`;
}

/** A run that goes on, or whose view model nobody made: its nodes first, and below them what there is by now. */
function piecemeal(page: RunPage): Html[] {
  const { runId, run, files, hasMoreFiles } = page;
  const present = new Set(files);
  const parts = LIVE_PARTS.filter(({ needs }) =>
    needs.every((name) => present.has(`${name}.json`)),
  );
  return [
    makingPart(makingOf(page)),
    ...parts.map(({ id, title, reads }) => {
      // When there is more of it, its address is another, and it is asked for again.
      const count = reads.filter((name) => present.has(`${name}.json`)).length;
      return html`<div id="part-${id}" data-part="/runs/${runId}/parts/${id}?of=${count}">
        <p class="hint">${title} …</p>
      </div>`;
    }),
    filesPart({ runId, names: files, hasMore: hasMoreFiles, areKeyed: !isPublic(run) }),
  ];
}
