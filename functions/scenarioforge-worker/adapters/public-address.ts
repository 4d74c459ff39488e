import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";

/** IPv4 that is not of the public internet (https://www.iana.org/assignments/iana-ipv4-special-registry). */
const NOT_PUBLIC_4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const;

/** The part of IPv6 that is given out; mapped, translated, local and link-local addresses are outside of it. */
const GLOBAL_6 = ["2000::", 3] as const;
/** What in it is not what it seems (https://www.iana.org/assignments/iana-ipv6-special-registry). */
const NOT_PUBLIC_6 = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const;

const notPublic4 = new BlockList();
for (const [address, bits] of NOT_PUBLIC_4) notPublic4.addSubnet(address, bits, "ipv4");
const global6 = new BlockList();
global6.addSubnet(...GLOBAL_6, "ipv6");
const notPublic6 = new BlockList();
for (const [address, bits] of NOT_PUBLIC_6) notPublic6.addSubnet(address, bits, "ipv6");

/** Whether an address belongs to the public internet. What is no address does not. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !notPublic4.check(address, "ipv4");
  if (!isIPv6(address)) return false;
  return global6.check(address, "ipv6") && !notPublic6.check(address, "ipv6");
}

/** Whether a host is an address that does not. A name is none. */
export function isInside(host: string): boolean {
  return isIP(host) !== 0 && !isPublicAddress(host);
}
