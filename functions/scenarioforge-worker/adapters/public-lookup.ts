import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { NodeFailure } from "../failure.ts";
import { notPublic } from "../web/fetch-page.ts";
import { isPublicAddress } from "./public-address.ts";

/** `dns.lookup` with `all`. */
export type LookUpAll = (
  host: string,
  options: { readonly all: true },
  found: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Looks a name up for the connection that is about to be made, which then goes to one of the addresses that were judged and
 * to no other: a name that says something else the next time leads nowhere else. One address that is inside makes the name
 * one that is not to be trusted. Fails with a NodeFailure.
 */
export function publicLookup(
  lookUp: LookUpAll,
  isPublic: (address: string) => boolean = isPublicAddress,
): LookupFunction {
  return (host, options, found) => {
    lookUp(host, { ...options, all: true }, (error, addresses) => {
      const problem = error === null ? problemOf(addresses, isPublic) : failureOf(error);
      if (problem === undefined) found(null, addresses);
      else found(problem, []);
    });
  };
}

function noAddress(): NodeFailure {
  return new NodeFailure("The host has no address.");
}

function problemOf(
  addresses: readonly LookupAddress[],
  isPublic: (address: string) => boolean,
): NodeFailure | undefined {
  // Node takes no empty answer.
  if (addresses.length === 0) return noAddress();
  return addresses.every(({ address }) => isPublic(address)) ? undefined : notPublic();
}

function failureOf(error: NodeJS.ErrnoException): Error {
  return error.code === "ENOTFOUND" ? noAddress() : error;
}
