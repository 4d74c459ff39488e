/** What an answer says that was grounded in a search: ai.google.dev/gemini-api/docs/google-search. */

/** A page that a search finds. */
export interface Source {
  /** A redirect of Google's own, as those that searches name. */
  readonly uri: string;
  /** The domain of the page. */
  readonly title: string;
}

/** Where a stand-in web has redirects to its articles. */
export const SOURCES: readonly Source[] = [
  { title: "news.example.com", redirect: "grid-storage" },
  { title: "news.example.com", redirect: "shipping-lanes" },
  { title: "papers.example.org", redirect: "report" },
].map(({ title, redirect }) => ({
  title,
  uri: `https://vertexaisearch.cloud.google.com/grounding-api-redirect/${redirect}`,
}));

/** `text`: the whole answer, whose sentences the sources support by turns. */
export function groundingMetadata(
  question: string,
  text: string,
  sources: readonly Source[],
): object {
  const query = question.replaceAll(/\s+/g, " ").trim().slice(0, 80);
  return {
    searchEntryPoint: {
      renderedContent: '<style>.chip{border-radius:16px}</style><div class="chip">Search</div>',
    },
    groundingChunks: sources.map(({ uri, title }) => ({ web: { uri, title } })),
    groundingSupports: sources.length === 0 ? [] : segments(text, sources.length),
    webSearchQueries: [query],
  };
}

/** Counted in bytes. A start of 0 is left out, as proto JSON leaves out defaults. */
function segments(text: string, sources: number): readonly object[] {
  const found: object[] = [];
  for (const { 0: sentence, index } of text.matchAll(/[^.!?]+[.!?]/g)) {
    if (found.length >= 20) break;
    const startIndex = Buffer.byteLength(text.slice(0, index));
    found.push({
      segment: {
        ...(startIndex > 0 && { startIndex }),
        endIndex: startIndex + Buffer.byteLength(sentence),
        text: sentence,
      },
      groundingChunkIndices: [found.length % sources],
    });
  }
  return found;
}
