// A file of its own, loaded at first use. The package is CommonJS: imported dynamically by itself, it would have only a
// default export once it is bundled, and named ones before.
export { OAuth2Client } from "google-auth-library";
