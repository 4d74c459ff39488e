// A file of its own, loaded at first use: a request that needs no token of ours should not pay for the client.
export { DownscopedClient, GoogleAuth } from "google-auth-library";
