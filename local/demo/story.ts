/** A story in chapters, each of which says what should happen and finds out what did. Nothing here knows the cloud. */

/** One expectation against what was observed, both in words. */
export interface Check {
  readonly what: string;
  readonly expected: string;
  readonly happened: string;
  readonly holds: boolean;
}

/** Compares. `holds` says it where equal words are not the point; default: whether the two are equal. */
export type Expect = (what: string, expected: string, happened: string, holds?: boolean) => void;

/** `Scene` is what a chapter acts on. */
export interface Chapter<Scene> {
  readonly title: string;
  /** One sentence: what will happen and why it matters. */
  readonly why: string;
  readonly play: (scene: Scene, expect: Expect) => Promise<void>;
}

export interface ToldChapter {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** Who hears the story. */
export interface Audience {
  chapter(number: number, of: number, title: string, why: string): void;
  check(check: Check): void;
}

/**
 * Plays all chapters in turn. One that breaks off is told as an expectation that does not hold, and the next one
 * follows. Rejects only where the signal ended the story.
 */
export async function tell<Scene>(
  chapters: readonly Chapter<Scene>[],
  scene: Scene,
  audience: Audience,
  signal: AbortSignal,
): Promise<readonly ToldChapter[]> {
  const told: ToldChapter[] = [];
  for (const { title, why, play } of chapters) {
    audience.chapter(told.length + 1, chapters.length, title, why);
    const checks: Check[] = [];
    const expect: Expect = (what, expected, happened, holds = expected === happened) => {
      const check = { what, expected, happened, holds };
      checks.push(check);
      audience.check(check);
    };
    try {
      await play(scene, expect);
    } catch (error) {
      signal.throwIfAborted();
      expect("the chapter", "told to its end", reasonOf(error), false);
    }
    signal.throwIfAborted();
    told.push({ title, checks });
  }
  return told;
}

/** Whether everything was as told. A chapter that checked nothing has shown nothing. */
export function allHeld(told: readonly ToldChapter[]): boolean {
  return (
    told.length > 0 &&
    told.every(({ checks }) => checks.length > 0 && checks.every(({ holds }) => holds))
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
