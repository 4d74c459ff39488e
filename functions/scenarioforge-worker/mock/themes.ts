import type { Domain } from "../../scenarios/artifacts/forces.ts";

/** What a mock run knows of the world: some things that move in each domain. */
export interface Theme {
  /** Two or three words, with which the label of each of its forces begins. */
  readonly name: string;
  readonly mechanism: string;
  readonly direction: string;
  readonly dimensions: readonly [string, ...string[]];
  /** What nobody knows about it, and the two ways in which it may turn out. */
  readonly axis: { readonly name: string; readonly poles: readonly [string, string] };
  /** What would be seen first. */
  readonly sign: string;
}

/** Sides of a theme: how the label goes on, and what is said besides. */
export const ANGLES: readonly (readonly [label: string, clause: string])[] = [
  ["gathering pace", "Growing faster than planned for."],
  ["spreading unevenly", "Uneven between regions."],
  ["hitting small suppliers", "Small suppliers first."],
  ["reaching buyers", "Buyers notice last."],
  ["under review", "Established rules under review."],
  ["drawing new entrants", "Emerging entrants move."],
  ["losing momentum", "Mature players hesitate."],
  ["crossing borders", "Neighbours follow."],
];

export const THEMES: Readonly<Record<Domain, readonly [Theme, ...Theme[]]>> = {
  political: [
    {
      name: "Trade barriers",
      mechanism:
        "Tariffs and export controls split supply routes into rival trade blocs and raise border costs",
      direction: "More tariffs push sourcing closer to home",
      dimensions: ["cost", "regulation"],
      axis: { name: "Trade order", poles: ["Closed blocs", "Open trade"] },
      sign: "A new tariff list names components that are bought abroad",
    },
    {
      name: "Public procurement",
      mechanism:
        "Governments spend procurement budgets on strategic goods and prefer domestic bidders",
      direction: "Larger public budgets shift demand toward certified domestic bidders",
      dimensions: ["demand", "regulation"],
      axis: { name: "State as a buyer", poles: ["Thrifty state", "Buying state"] },
      sign: "A ministry publishes multi-year purchase commitments",
    },
    {
      name: "Industrial subsidies",
      mechanism:
        "Subsidy programmes steer private investment into chosen industries and distort plant locations",
      direction: "Subsidy races move plants to whoever pays",
      dimensions: ["capital", "risk"],
      axis: { name: "Industrial policy", poles: ["Subsidies fade", "Subsidy race"] },
      sign: "A competitor relocates a plant after a grant is awarded",
    },
    {
      name: "Coalition instability",
      mechanism:
        "Short-lived coalitions reverse policy and make multi-year permits hard to rely on",
      direction: "Frequent elections delay permits and investment",
      dimensions: ["risk", "regulation"],
      axis: { name: "Policy continuity", poles: ["Stop and go", "Steady course"] },
      sign: "A signed programme is suspended after an election",
    },
  ],
  economic: [
    {
      name: "Capital costs",
      mechanism:
        "Interest rates and credit spreads raise financing costs and delay investment projects",
      direction: "Higher rates reduce investment capacity",
      dimensions: ["capital", "cost"],
      axis: { name: "Access to capital", poles: ["Tight capital", "Loose capital"] },
      sign: "Credit spreads widen for two quarters in a row",
    },
    {
      name: "Energy prices",
      mechanism:
        "Volatile power and gas prices swing operating margins of energy users every season",
      direction: "Energy volatility favours whoever can shift its load",
      dimensions: ["cost", "risk"],
      axis: { name: "Energy supply", poles: ["Scarce energy", "Ample energy"] },
      sign: "Forward power prices diverge from the spot market",
    },
    {
      name: "Household demand",
      mechanism: "Real wages and savings decide how much households spend on replaceable goods",
      direction: "Falling real wages move household spending to essentials",
      dimensions: ["demand"],
      axis: { name: "Demand resilience", poles: ["Weak demand", "Strong demand"] },
      sign: "Order intake slows while visits to the shop stay level",
    },
    {
      name: "Supplier concentration",
      mechanism:
        "Mergers leave few suppliers of critical inputs who set terms and allocate volumes",
      direction: "Fewer suppliers shift bargaining power upstream",
      dimensions: ["cost", "risk"],
      axis: { name: "Supplier power", poles: ["Few strong suppliers", "Many suppliers"] },
      sign: "A supplier moves from contracts to quarterly allocation",
    },
  ],
  social: [
    {
      name: "Skilled labour",
      mechanism:
        "Retirements outnumber apprentices and leave skilled technical vacancies open for months",
      direction: "Scarce skilled staff raise wages and slow projects",
      dimensions: ["labor", "cost"],
      axis: { name: "Labour supply", poles: ["Empty workshops", "Full workshops"] },
      sign: "Vacancies for technicians stay open longer than half a year",
    },
    {
      name: "Local acceptance",
      mechanism: "Residents organise against sites and traffic and win local votes and delays",
      direction: "Local protest moves projects to willing municipalities",
      dimensions: ["risk", "regulation"],
      axis: { name: "Public consent", poles: ["Contested sites", "Welcomed sites"] },
      sign: "A local referendum on a site is announced",
    },
    {
      name: "Ageing customers",
      mechanism: "Older customers keep products longer and ask for service and repair near home",
      direction: "Ageing shifts revenue from sales to service",
      dimensions: ["demand", "labor"],
      axis: { name: "What customers buy", poles: ["Buying products", "Buying service"] },
      sign: "Service contracts grow faster than units sold",
    },
    {
      name: "Trust in brands",
      mechanism: "Public doubts about origin and data reward brands that prove their claims openly",
      direction: "Distrust of claims rewards audited brands",
      dimensions: ["demand", "risk"],
      axis: { name: "Trust", poles: ["Proof demanded", "Word accepted"] },
      sign: "Retailers ask for audited origin data",
    },
  ],
  technological: [
    {
      name: "Process automation",
      mechanism:
        "Robotics and machine vision automate assembly steps and lower unit costs at scale",
      direction: "Automation moves the cost advantage to high volumes",
      dimensions: ["tech_feasibility", "labor"],
      axis: { name: "Automation", poles: ["Patchy automation", "Lights-out plants"] },
      sign: "A rival runs a night shift without staff",
    },
    {
      name: "Software platforms",
      mechanism: "Platform owners bundle data interfaces and take a share of each transaction",
      direction: "Closed platforms capture margin from hardware",
      dimensions: ["demand", "tech_feasibility"],
      axis: { name: "Platform control", poles: ["Closed platforms", "Open standards"] },
      sign: "A platform changes the terms of its interface",
    },
    {
      name: "Storage technology",
      mechanism:
        "Battery and storage breakthroughs change where and when energy can be used cheaply",
      direction: "Cheaper storage weakens central supply",
      dimensions: ["tech_feasibility", "cost"],
      axis: { name: "Storage", poles: ["Slow learning", "Steep learning"] },
      sign: "Pack prices fall below the planning assumption",
    },
    {
      name: "Cyber exposure",
      mechanism:
        "Connected plants open remote access paths that attackers sell and insurers exclude",
      direction: "Cyber losses push isolation and audits",
      dimensions: ["risk", "cost"],
      axis: { name: "Security of networks", poles: ["Isolated plants", "Connected plants"] },
      sign: "An insurer excludes remote maintenance",
    },
  ],
  environmental: [
    {
      name: "Heat and drought",
      mechanism: "Heat waves and drought cut river transport and cooling water for whole summers",
      direction: "Hotter summers interrupt production and logistics",
      dimensions: ["risk", "cost"],
      axis: { name: "Physical climate", poles: ["Frequent extremes", "Mild decade"] },
      sign: "River levels close a route before June",
    },
    {
      name: "Material scarcity",
      mechanism: "Slow mine openings and ageing ore grades keep critical materials scarce and dear",
      direction: "Scarce materials reward recycling and redesign",
      dimensions: ["cost", "tech_feasibility"],
      axis: { name: "Critical materials", poles: ["Scarce materials", "Circular materials"] },
      sign: "A recycler signs long-term offtake with a rival",
    },
    {
      name: "Carbon pricing",
      mechanism: "Emission allowances shrink yearly and carbon prices enter every quotation",
      direction: "Rising carbon prices favour low-emission producers",
      dimensions: ["cost", "regulation"],
      axis: { name: "Price of carbon", poles: ["Token price", "Biting price"] },
      sign: "Customers ask for the carbon content of a quotation",
    },
    {
      name: "Land competition",
      mechanism: "Housing, farming and energy compete for land near grids and push site prices up",
      direction: "Land prices push expansion away from cities",
      dimensions: ["capital", "cost"],
      axis: { name: "Sites", poles: ["No land left", "Brownfields opened"] },
      sign: "A zoning plan reserves a site for energy",
    },
  ],
  legal: [
    {
      name: "Product liability",
      mechanism:
        "Courts extend product liability to software updates and shift the burden of proof",
      direction: "Broader liability lengthens testing and raises reserves",
      dimensions: ["risk", "cost"],
      axis: { name: "Liability", poles: ["Makers liable", "Users liable"] },
      sign: "A court accepts a claim over an update",
    },
    {
      name: "Data protection",
      mechanism: "Supervisors limit cross-border data flows and fine undocumented processing",
      direction: "Stricter data rules keep processing local",
      dimensions: ["regulation", "cost"],
      axis: { name: "Data rules", poles: ["Data stays home", "Data travels"] },
      sign: "A supervisor forbids a transfer in the industry",
    },
    {
      name: "Supply chain duties",
      mechanism: "Due diligence statutes make buyers answer for suppliers several tiers down",
      direction: "Duties shorten and document supply chains",
      dimensions: ["regulation", "labor"],
      axis: { name: "Duty of care", poles: ["Paper duty", "Enforced duty"] },
      sign: "A first fine names a third-tier supplier",
    },
    {
      name: "Competition cases",
      mechanism: "Antitrust authorities unbundle service contracts and block mergers of rivals",
      direction: "Tougher antitrust opens service markets",
      dimensions: ["demand", "regulation"],
      axis: { name: "Competition law", poles: ["Merger wave", "Unbundling"] },
      sign: "An authority opens a sector inquiry",
    },
  ],
};

/** The theme that a force or a sentence is about; undefined where it is about none. */
export function themeIn(text: string): Theme | undefined {
  return Object.values(THEMES)
    .flat()
    .find(({ name }) => text.includes(name));
}
