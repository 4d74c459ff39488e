export declare function sideways(): string[];
export declare function moving(): string[];
export declare function unfocus(): void;
export declare function reachable(): string[];
export declare function focused(): Focused | undefined;
export declare function withoutTable(): string[];
export declare function executable(): string[];
export declare function unsized(): string[];
export declare function firstPaint(): Promise<number>;
export declare function longTasksOfScrolling(pixels: number): Promise<number>;

interface Focused {
  /** Its place among what can be reached; -1 for what scrolls, which Chromium lets reach too. */
  readonly place: number;
  readonly what: string;
  readonly isVisible: boolean;
}
