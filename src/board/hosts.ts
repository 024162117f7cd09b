import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";

const loopback = ["localhost", "127.0.0.1", "::1"];

/** Whether an address is this computer's alone. */
export const isLoopback = (listen: string): boolean =>
  listen === "localhost" || listen === "::1" || (isIP(listen) === 4 && listen.startsWith("127."));

const isEverywhere = (listen: string): boolean => listen === "0.0.0.0" || listen === "::";

/** Networks of containers and virtual machines, which come and go, and which no student's computer is on. */
const isOfLabs = /^(docker|br-|virbr|incusbr|lxdbr|lw-|veth|vnet|cni|cali|flannel)/;

/** The names and addresses by which the service is reached, the best one for a link first. */
export function namesOf(given: string): string[] {
  const listen = given.toLowerCase();
  if (isLoopback(listen)) return [...new Set([listen, ...loopback])];
  const own = isEverywhere(listen)
    ? Object.entries(networkInterfaces())
        .filter(([name]) => !isOfLabs.test(name))
        .flatMap(([, addresses]) => addresses ?? [])
        .filter(({ internal, address }) => !internal && !address.startsWith("fe80:"))
        .map(({ address }) => address)
        .sort((one, other) => isIP(one) - isIP(other))
    : [listen];
  return [...new Set([...own, hostname().toLowerCase(), ...loopback])];
}

/** As a URL has it. */
const inUrl = (name: string): string => (isIP(name) === 6 ? `[${name}]` : name);

/** Whether a `Host` header names the service; a page of another name could have been led here by its DNS. */
export function isOwnHost(header: string | undefined, names: readonly string[], port: number): boolean {
  const own = names.flatMap((name) => [
    `${inUrl(name)}:${port}`,
    ...(port === 80 || port === 443 ? [inUrl(name)] : []),
  ]);
  return header !== undefined && own.includes(header.toLowerCase());
}

/** The name in a `Host` header, without the port and brackets. */
export const nameIn = (header: string): string => header.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");

/** The address of the service for a link. */
export const urlOf = (name: string, port: number, isSecure: boolean): string =>
  `http${isSecure ? "s" : ""}://${inUrl(name)}:${port}`;
