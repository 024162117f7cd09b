import { isIPv4 } from "node:net";
import { cidrProblem } from "./cidr.ts";
import type { Flaw } from "./names.ts";
import { shown } from "./nearest.ts";

export const hostPattern = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(:\d{1,5})?$/;

/** What is wrong with the place of an existing machine: `name-or-address`, or `name-or-address:port`. */
export function hostFlaw(value: string): Flaw | undefined {
  const port = Number(/:(\d+)$/.exec(value)?.[1] ?? 22);
  if (hostPattern.test(value) && port >= 1 && port <= 65_535) return undefined;
  return {
    message: `${shown(value)} is not a host`,
    remedy: "write name-or-address or name-or-address:port",
  };
}

/** A DNS name (RFC 1123), or an IPv4 address. */
export const placeNamePattern =
  /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

/** What is wrong with a name by which other computers find a place. */
export function placeNameFlaw(value: string): Flaw | undefined {
  const isName = placeNamePattern.test(value) && value.length <= 253;
  if (isName && (isIPv4(value) || !/^[\d.]+$/.test(value))) return undefined;
  return {
    message: `${shown(value)} is not a DNS name or an IPv4 address`,
    remedy: "write one, such as lab.example.org or 192.0.2.10, without a port",
  };
}

/** What is wrong with an IPv4 address. */
export function addressFlaw(value: string): Flaw | undefined {
  if (isIPv4(value)) return undefined;
  return { message: `${shown(value)} is not an IPv4 address`, remedy: "write one, such as 192.0.2.10" };
}

/** Stands for an address that labwright chooses in the machines' network. */
export const autoEndpoint = "auto";

/** What is wrong with the value of `cluster.controlPlaneEndpoint` by itself. */
export function endpointFlaw(value: string): Flaw | undefined {
  if (value === autoEndpoint) return undefined;
  const flaw = addressFlaw(value);
  if (flaw) return { ...flaw, remedy: `write ${autoEndpoint}, or a free address of the machines' network` };
  const problem = cidrProblem(`${value}/32`);
  return (
    problem && {
      message: problem.message.replace("/32", ""),
      remedy: "use an address of the machines' network",
    }
  );
}

export const urlPattern = /^https?:\/\/\S+$/;

/** What is wrong with the base URL of a mirror. A `registry` has no path. */
export function urlFlaw(value: string, registry: boolean): Flaw | undefined {
  const url = URL.parse(value);
  const example = registry ? "http://mirror.example:5000" : "http://mirror.example/packages";
  if (!url || !urlPattern.test(value)) {
    return {
      message: `${shown(value)} is not an http or https URL`,
      remedy: `write one, such as ${example}`,
    };
  }
  if (url.username !== "" || url.password !== "") {
    const remedy = "use a mirror that asks for none: a lab file must not contain secrets";
    return { message: "the mirror's URL has a user name or password in it", remedy };
  }
  if (url.search !== "" || url.hash !== "") {
    const message = `${shown(value)} has a query or a fragment`;
    return { message, remedy: `write the base URL only, such as ${example}` };
  }
  if (registry && url.pathname !== "/") {
    return { message: `${shown(value)} has a path, and a registry has none`, remedy: `write ${url.origin}` };
  }
  return undefined;
}
