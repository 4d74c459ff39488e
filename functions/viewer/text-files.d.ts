// Files that come into the program as their text: `import css from "./viewer.css" with { type: "text" }`.
declare module "*.css" {
  const text: string;
  export default text;
}
declare module "*.js" {
  const text: string;
  export default text;
}
declare module "*.svg" {
  const text: string;
  export default text;
}
