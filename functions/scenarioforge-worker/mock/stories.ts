import type { Scenario } from "../../scenarios/artifacts/scenarios.ts";
import { horizonInWords } from "../brief.ts";
import type { Mock, Mocks } from "./mocks.ts";
import { placeOf, reachOf } from "./place.ts";

const TURNS = [
  "It began with a year that nobody had planned for",
  "Nothing broke at once; it came contract by contract",
  "The change was announced early and believed late",
  "Two decisions in the capital were enough",
  "The largest customer moved first, and others followed",
] as const;

const ENDINGS = [
  "has fewer plans and more options than it used to have",
  "works with half of its former suppliers and knows all of them",
  "sells what it once gave away and gives away what it once sold",
  "is smaller than it hoped to be, and harder to replace",
  "has become the one that others wait for",
] as const;

const MOVES = [
  "Contract energy for two years ahead",
  "Train a second person for every critical skill",
  "Document the origin of every bought part",
  "Keep a year of interest in cash",
  "Split the largest site into two units",
  "Move service contracts to yearly prices",
] as const;

const PEOPLE = ["Ana", "Jonas", "Mei", "Tomas", "Leila", "Grace", "Ivan", "Noor"] as const;
const PLACES = ["a loading dock", "a control room", "a training workshop", "a canteen"] as const;
const LIGHTS = ["early grey light", "low evening sun", "white neon light", "rain"] as const;

/** Scenarios, and a day in each of them. */
export const stories: Pick<Mocks, "scenarios" | "scenario_media"> = {
  scenarios: ({ axes, quadrants, clusters, forces }, { brief, chance }) => {
    const [first, second] = axes;
    const turns = chance.shuffled(TURNS, "turns");
    const endings = chance.shuffled(ENDINGS, "endings");
    return {
      scenarios: quadrants.map(({ scenario_id, axis_states }, index) => {
        const poles = Object.values(axis_states);
        const [a = "", b = ""] = poles;
        const moves = chance.shuffled(MOVES, "moves", scenario_id);
        const horizon = horizonInWords(brief.horizonMonths);
        const place = placeOf(brief);
        return {
          scenario_id,
          name: `${a} / ${b}`,
          narrative: [
            `${turns[index] ?? TURNS[0]}: ${horizon} on, ${place} lives with ${a.toLowerCase()} and ${b.toLowerCase()} ${reachOf(brief)}.`,
            `For ${brief.company} the question of ${first?.axis_name.toLowerCase() ?? "the future"} is settled, and so is that of ${second?.axis_name.toLowerCase() ?? "the market"}.`,
            `What moved most was ${forces[index % Math.max(1, forces.length)]?.label.toLowerCase() ?? "the market"}.`,
            `At the end of the ${horizon}, ${brief.company} ${endings[index] ?? ENDINGS[0]}.`,
          ].join(" "),
          signposts: axes
            .flatMap(({ what_would_change_mind }) => what_would_change_mind)
            .slice(0, 3),
          implications: [
            `${brief.company} plans for ${a.toLowerCase()} first.`.slice(0, 400),
            `Partners are chosen by how they bear ${b.toLowerCase()}.`,
          ],
          no_regret_moves: moves.slice(0, 2),
          contingent_moves: moves.slice(2, 4),
          evidence_touchpoints: touchpoints(axes, clusters, forces),
        };
      }),
    };
  },
  scenario_media: ({ scenario }, mock) => ({
    story_text: storyOf(scenario, mock),
    visual_prompt: `A wide photograph of ${mock.chance.pick(PLACES, "place", scenario.scenario_id)} in ${placeOf(mock.brief)}, ${mock.chance.pick(LIGHTS, "light", scenario.scenario_id)}, a few people at work, signs of ${Object.values(scenario.axis_states).join(" and ").toLowerCase()}.`,
  }),
};

function storyOf(scenario: Scenario, { brief, chance }: Mock): string {
  const id = scenario.scenario_id;
  const person = chance.pick(PEOPLE, "person", id);
  const [a = "", b = ""] = Object.values(scenario.axis_states);
  return [
    `${person} comes to ${brief.company} before seven, as on every day of these ${horizonInWords(brief.horizonMonths)}.`,
    `At ${chance.pick(PLACES, "place", id)} in ${placeOf(brief)} they talk about ${a.toLowerCase()}; nobody says anything about the years before.`,
    `By noon ${person} has signed for a delivery that would have been refused once, because of ${b.toLowerCase()} ${reachOf(brief)}.`,
    `On the way home ${person} counts what is left to decide, and it is less than last year.`,
  ].join(" ");
}

function touchpoints(
  axes: readonly {
    readonly tension_basis: {
      readonly cluster_ids: readonly string[];
      readonly force_ids: readonly string[];
    };
  }[],
  clusters: readonly { readonly cluster_id: string }[],
  forces: readonly { readonly force_id: string }[],
) {
  const clusterIds = axes.flatMap(({ tension_basis }) => tension_basis.cluster_ids);
  const forceIds = axes.flatMap(({ tension_basis }) => tension_basis.force_ids);
  return {
    cluster_ids: [...new Set([...clusterIds, ...clusters.map((each) => each.cluster_id)])].slice(
      0,
      Math.max(2, new Set(clusterIds).size),
    ),
    force_ids: [...new Set([...forceIds, ...forces.map((each) => each.force_id)])].slice(
      0,
      Math.max(2, new Set(forceIds).size),
    ),
  };
}
