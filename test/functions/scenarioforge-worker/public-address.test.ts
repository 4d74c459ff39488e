import { expect } from "chai";
import { isPublicAddress } from "../../../functions/scenarioforge-worker/adapters/public-address.ts";

/** First and last of what is not public: https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-. */
const INSIDE: readonly (readonly [first: string, last: string, what: string])[] = [
  ["0.0.0.0", "0.255.255.255", "this network, and no address at all"],
  ["10.0.0.0", "10.255.255.255", "private"],
  ["100.64.0.0", "100.127.255.255", "shared by carriers"],
  ["127.0.0.0", "127.255.255.255", "loopback"],
  ["169.254.0.0", "169.254.255.255", "link-local, the metadata server's"],
  ["172.16.0.0", "172.31.255.255", "private"],
  ["192.0.0.0", "192.0.0.255", "protocols"],
  ["192.0.2.0", "192.0.2.255", "documentation"],
  ["192.88.99.0", "192.88.99.255", "relays of 6to4"],
  ["192.168.0.0", "192.168.255.255", "private"],
  ["198.18.0.0", "198.19.255.255", "benchmarks"],
  ["198.51.100.0", "198.51.100.255", "documentation"],
  ["203.0.113.0", "203.0.113.255", "documentation"],
  ["224.0.0.0", "239.255.255.255", "multicast"],
  ["240.0.0.0", "255.255.255.255", "reserved, broadcast"],
  ["::", "::1", "no address, loopback"],
  ["::7f00:1", "::ffff", "compatible with IPv4"],
  ["::ffff:0.0.0.0", "::ffff:255.255.255.255", "mapped IPv4, public or not"],
  ["64:ff9b::", "64:ff9b::ffff:ffff", "translated by NAT64"],
  ["64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "translated, local"],
  ["100::", "100::ffff:ffff:ffff:ffff", "discarded"],
  ["2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "protocols, Teredo"],
  ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "documentation"],
  ["2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "6to4"],
  ["3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "documentation"],
  ["4000::", "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "not given out"],
  ["fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "unique local, other metadata servers'"],
  ["fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "link-local"],
  ["ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "multicast"],
];

/** What lies beside. */
const OUTSIDE = [
  ..."1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0".split(
    " ",
  ),
  ..."169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0".split(" "),
  ..."192.0.3.0 192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 198.17.255.255".split(" "),
  ..."198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255".split(" "),
  ..."2000:: 2001:200:: 2001:db7:ffff::1 2001:db9:: 2003:: 2606:2800:21f::1 3ffe::1".split(" "),
];

describe("isPublicAddress", () => {
  for (const [first, last, what] of INSIDE) {
    it(`refuses ${first} to ${last}: ${what}`, () => {
      expect([first, last].filter(isPublicAddress)).to.deep.equal([]);
    });
  }

  it("takes what lies beside", () => {
    expect(OUTSIDE.filter((address) => !isPublicAddress(address))).to.deep.equal([]);
  });

  it("refuses what is no address", () => {
    const texts = ["", "localhost", "8.8.8", "8.8.8.8.8", "08.8.8.8", "0x8080808", "[2000::]"];
    expect(texts.filter(isPublicAddress)).to.deep.equal([]);
    expect(isPublicAddress("fe80::1%eth0")).to.equal(false);
  });
});
