import ipaddr from "ipaddr.js";
import { shown } from "./nearest.ts";

/** An IPv4 network: its first address as a number, and the number of fixed bits. */
interface Network {
  first: number;
  bits: number;
}

/** Private networks (RFC 1918). */
const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/** Where a free network is looked for, in this order: the first half of 10.0.0.0/8 is the more likely one to be in use. */
const searched = ["10.128.0.0/9", "10.0.0.0/9", "172.16.0.0/12", "192.168.0.0/16"];

/** Networks in which no machine, pod or service can have an address (RFC 6890), with their purposes. */
const special: Record<string, string> = {
  "0.0.0.0/8": "is not an address",
  "127.0.0.0/8": "is every computer's own loopback",
  "169.254.0.0/16": "is for link-local addresses",
  "224.0.0.0/4": "is for multicast",
  "240.0.0.0/4": "is reserved",
};

const pattern = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;

/**
 * Reports why a text is not an IPv4 network in CIDR notation without host bits (`10.244.0.0/16`), with a
 * remedy that names the right one if possible. Undefined: it is one.
 */
export function cidrProblem(text: string): { message: string; remedy: string } | undefined {
  const remedy = "write an address and a prefix length, such as 10.244.0.0/16";
  if (/^[\da-f:]*:[\da-f:.]*(\/\d+)?$/i.test(text)) {
    return { message: `"${text}" is an IPv6 network, which is not available yet in this version`, remedy };
  }
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    return {
      message: `"${text}" is an address without a prefix length`,
      remedy: `add one, such as ${text}/24`,
    };
  }
  if (!pattern.test(text) || !ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) {
    return { message: `${shown(text)} is not a network in CIDR notation`, remedy };
  }
  const taken = Object.entries(special).find(([network]) => overlaps(network, text));
  if (taken) {
    const remedy = "use a private network, such as 10.244.0.0/16";
    return { message: `${text} overlaps ${taken[0]}, which ${taken[1]}`, remedy };
  }
  const whole = wholeNetwork(text);
  if (whole !== text)
    return { message: `"${text}" has bits set beyond its prefix`, remedy: `write ${whole}` };
  return undefined;
}

/** The network that an address with a prefix length is in: `10.1.2.3/16` gives `10.1.0.0/16`. */
export function wholeNetwork(cidr: string): string {
  const { first, bits } = parse(cidr);
  return `${addressText(first)}/${bits}`;
}

/** The address at an offset from a network's own. */
export const addressAt = (cidr: string, offset: number): string => addressText(parse(cidr).first + offset);

/** How many addresses an IPv4 network has. */
export const sizeOf = (cidr: string): number => 2 ** (32 - parse(cidr).bits);

/** The prefix length of a network. */
export const prefixOf = (cidr: string): number => parse(cidr).bits;

/** Whether two IPv4 networks have an address in common. Host bits do not count; throws a RangeError if a text is not a network. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [parse(one), parse(other)];
  return a.first < b.first + 2 ** (32 - b.bits) && b.first < a.first + 2 ** (32 - a.bits);
}

/** The networks that have all addresses of one network but those of another one: the fewest, in their order. */
export function networksOutside(whole: string, part: string): string[] {
  if (!overlaps(whole, part)) return [wholeNetwork(whole)];
  const { first, bits } = parse(whole);
  if (bits >= prefixOf(part)) return [];
  const half = 2 ** (31 - bits);
  return [first, first + half].flatMap((start) => networksOutside(`${addressText(start)}/${bits + 1}`, part));
}

/** Whether all of a network is private (RFC 1918). */
export const isPrivate = (cidr: string): boolean =>
  privateNetworks.some((network) => prefixOf(cidr) >= prefixOf(network) && overlaps(cidr, network));

/** The first private network of a prefix length that overlaps none of `taken`; undefined if there is none. */
export function freeNetwork(prefix: number, taken: readonly string[]): string | undefined {
  const used = taken.map(parse);
  for (const { first, bits } of searched.map(parse)) {
    const end = first + 2 ** (32 - bits);
    const size = 2 ** (32 - prefix);
    let start = first;
    while (start + size <= end) {
      const inTheWay = used.find((network) => start < endOf(network) && network.first < start + size);
      if (inTheWay === undefined) return `${addressText(start)}/${prefix}`;
      start = Math.ceil(endOf(inTheWay) / size) * size;
    }
  }
  return undefined;
}

const endOf = ({ first, bits }: Network): number => first + 2 ** (32 - bits);

function parse(cidr: string): Network {
  if (!pattern.test(cidr) || !ipaddr.IPv4.isValidCIDRFourPartDecimal(cidr)) {
    throw new RangeError(`"${cidr}" is not an IPv4 network in CIDR notation`);
  }
  const [, bits] = ipaddr.IPv4.parseCIDR(cidr);
  const first = ipaddr.IPv4.networkAddressFromCIDR(cidr).octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return { first, bits };
}

const addressText = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
