import { DOMAINS } from "../../scenarios/artifacts/forces.ts";
import { readable } from "../../scenarios/artifacts/text.ts";
import type { Mocks } from "./mocks.ts";
import { THEMES, themeIn } from "./themes.ts";

const CLAIMS = 3;

/** What is read out of documents: their own first sentences. */
export const reading: Pick<Mocks, "evidence"> = {
  evidence: ({ title, content }, { brief }) => {
    const sentences = (
      readable(content)
        .replace(/\s+/g, " ")
        .match(/[^.!?]+[.!?]*/g) ?? []
    )
      .map((sentence) => sentence.trim().slice(0, 400))
      .filter((sentence) => sentence !== "");
    const theme = themeIn(content);
    const domains = DOMAINS.filter((domain) => THEMES[domain].some((each) => each === theme));
    return {
      title: title === "" ? "Untitled document" : title.slice(0, 300),
      summary: sentences.slice(0, 3).join(" ") || "The document has no sentences.",
      claims: sentences.length === 0 ? ["Nothing is claimed."] : sentences.slice(0, CLAIMS),
      metrics: [],
      tags: [],
      domain_tags: domains,
      geography_tags: [brief.geography],
      source_type: "secondary",
      reliability_grade: "C",
      reliability_reason: "The company's own document, read without a model.",
    };
  },
};
