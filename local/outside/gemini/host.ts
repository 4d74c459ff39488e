/** Where the Gemini API is (ai.google.dev/api). */
export const GEMINI_HOST = "generativelanguage.googleapis.com";
