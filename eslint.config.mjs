import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", "node_modules/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    // What a browser runs.
    files: ["functions/**/assets/*.js"],
    languageOptions: {
      sourceType: "script",
      globals: Object.fromEntries(
        [
          ...["document", "location", "history", "localStorage", "sessionStorage", "navigator"],
          ...["fetch", "FormData", "URL", "URLSearchParams", "DOMParser", "confirm", "matchMedia"],
          ...["scrollTo", "setTimeout", "clearTimeout", "requestAnimationFrame"],
          ...["addEventListener", "viewer"],
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly" } },
  },
  {
    // It runs inside of a page.
    files: ["test/support/browser/in-page.mjs"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...["document", "getComputedStyle", "PerformanceObserver"],
          ...["requestAnimationFrame", "scrollBy", "scrollY"],
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
);
