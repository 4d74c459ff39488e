/** Articles with enough text to be worth reading, the same every time. */
import { crc32 } from "node:zlib";

export interface Article {
  readonly title: string;
  readonly author: string;
  /** `2026-05-04` */
  readonly date: string;
  readonly paragraphs: readonly string[];
}

export const GRID_STORAGE: Article = {
  title: "Grid storage outgrows its pilots",
  author: "Ines Okafor",
  date: "2026-05-04",
  paragraphs: [
    "Five years ago a battery on the grid was a press release. This spring, operators in eleven countries reported that storage had covered more than a tenth of evening demand on ordinary working days. The shift happened quietly: projects that had been approved one at a time now arrive in fleets, financed against the same contracts and built by the same crews.",
    "Costs explain a part of it. Packs that cost 139 dollars per kilowatt-hour in 2023 were quoted at 84 dollars in the first quarter of 2026, and installation has fallen faster still, because permits, foundations and switchgear have become standard. “We stopped designing and started ordering,” says an engineer at a utility in northern Spain.",
    "Rules explain the rest. Regulators in Texas, Queensland and Portugal let storage earn money for capacity, for energy and for frequency at once. Where they do not, batteries are still built, but two thirds of them stand beside solar parks and never sell anything but sunshine that was shifted by four hours.",
    "The limits are in view. Connection queues reach into 2031 in parts of Great Britain. Insurers ask for distances between containers that double the land a project needs. And lithium carbonate, whose price fell by 80 percent in two years, rose by a fifth within a month when two mines in Chile closed for repairs.",
    "Longer durations remain the open question. Iron-air and flow batteries have moved from laboratories to sites of 10 megawatts, with efficiencies that would have been laughed at in 2020. If they last for twenty years, as their makers promise, they will be the cheapest way to cross three windless days; if they last for eight, gas will keep that job.",
  ],
};

export const SHIPPING_LANES: Article = {
  title: "Shipping lanes bend around risk",
  author: "Søren Åkesson",
  date: "2026-03-19",
  paragraphs: [
    "The shortest way between Shanghai and Rotterdam is no longer the one most ships take. In February, 58 percent of container capacity between Asia and Europe went around the Cape, at a cost of nine to fourteen days and some 900 tonnes of fuel for each voyage of a large vessel.",
    "Carriers have learnt to live with it. Schedules were rebuilt around the longer way, and 2.1 million containers of new capacity, ordered when rates were high, filled the gap. Freight that cost 7,400 € per forty-foot box in the summer of 2024 costs 2,950 € today, close to what it was before.",
    "Ports feel it more than shops. Algeciras and Tanger Med handle a quarter more transshipment than they were built for; Piraeus and Damietta lay off crane drivers. Warehouses near Zaragoza are let before their roofs are on, because whoever cannot rely on a date keeps six weeks of goods instead of two.",
    "Insurance has become the price that matters. War-risk premiums, a rounding error for thirty years, are quoted by the week and sometimes by the hour. Three underwriters in London say that they would cover the old route at one percent of a hull's value; few owners ask.",
    "What would bring the ships back? Not a ceasefire alone, say five of the six carriers that answered. They want ninety quiet days, an insurer that says so in writing, and a competitor that goes first.",
  ],
};

const OPENINGS = [
  "has moved from the margins of planning to its centre",
  "divides those who plan for ten years from those who plan for two",
  "looks settled from afar and open from near by",
  "is decided in fewer places than most people think",
] as const;
const REASONS = [
  "Prices fell by a third within four years, and half of the savings came from standard parts.",
  "Three regulators published rules in the same spring, and no two of them agree on what counts.",
  "Skilled people are the bottleneck: vacancies stay open for 140 days on average.",
  "Money follows contracts of fifteen years or more, which few buyers are ready to sign.",
  "Households notice it first in their bills, and cities in their land registers.",
] as const;
const DOUBTS = [
  "Critics answer that the figures leave out what happens after 2035.",
  "Two of the five largest firms have postponed what they announced last autumn.",
  "A court in Lyon is to decide in October whether the rules hold at all.",
  "Data from the south are thin, and what there is points the other way.",
] as const;

/** An article about anything: `ai-policy` */
export function articleOn(name: string): Article {
  const topic =
    name
      .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
      .trim()
      .slice(0, 80) || "everything";
  const choose = (from: readonly string[], at: number): string =>
    from[crc32(`${topic} ${at}`) % from.length] ?? "";
  const title = `${topic.charAt(0).toUpperCase()}${topic.slice(1)}: what changes by 2031`;
  const paragraphs = Array.from({ length: 6 }, (_, i) =>
    [
      `${i === 0 ? `The matter of ${topic}` : `In its ${i + 1}. part, ${topic}`} ${choose(OPENINGS, i)}.`,
      choose(REASONS, i * 2),
      choose(REASONS, i * 2 + 1),
      `Of ${40 + (crc32(`${topic} ${i}`) % 300)} organisations that were asked about ${topic}, ${10 + (crc32(`${i} ${topic}`) % 80)} percent expect this to go on.`,
      choose(DOUBTS, i),
    ].join(" "),
  );
  return { title, author: "Ada Example", date: "2026-01-15", paragraphs };
}

/** With what surrounds articles, and is none of their text. */
export function htmlOf({ title, author, date, paragraphs }: Article, charset = "utf-8"): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="${charset}">
<title>${escaped(title)} | The Example</title>
<meta name="author" content="${escaped(author)}">
<meta property="article:published_time" content="${date}">
<script>window.dataLayer = ["this is a script and no text"];</script>
<style>.ad { display: none }</style>
</head>
<body>
<nav><a href="/">Home</a> <a href="/articles/grid-storage">Energy</a></nav>
<main><article>
<h1>${escaped(title)}</h1>
<p class="byline">By ${escaped(author)}, <time datetime="${date}">${date}</time></p>
${paragraphs.map((each) => `<p>${escaped(each)}</p>`).join("\n")}
</article></main>
<aside class="ad">Subscribe now &amp; save</aside>
<footer>&copy; 2026 The Example &middot; <a href="/robots.txt">robots</a></footer>
</body>
</html>
`;
}

export function plainOf({ title, author, date, paragraphs }: Article): string {
  return `${title}\nBy ${author}, ${date}\n\n${paragraphs.join("\n\n")}\n`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
