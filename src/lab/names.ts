import { nearest, shown } from "./nearest.ts";

export interface Flaw {
  message: string;
  remedy: string;
}

/** RFC 1123, section 2.1, in lower case as Kubernetes wants it. */
export const label = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** Names of machines that are not Kubernetes nodes may also have underscores: `jump_host`. */
export const looseLabel = /^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$/;

const labelRule = "lower-case letters, digits and hyphens, with a letter or digit at both ends";

/** The longest host name that Linux (HOST_NAME_MAX is 64) and DNS (63) both accept. */
export const longestName = 63;

/** A lab's name is part of its containers' names, and with a machine's name and what we add they must stay readable. */
export const longestLabName = 40;

export const knownRoles = ["control-plane", "worker", "load-balancer", "jump-host", "app-server"];

/** What plays call the computer that labwright runs on, by its name and by an older one. */
const thisComputer = ["localhost", "here"];

/** Whether machines of a role are Kubernetes nodes. */
export const isNodeRole = (role: string): boolean => role === "control-plane" || role === "worker";

/** What is wrong with a word that must be a label of at most `longest` characters. */
function labelFlaw(value: string, what: string, longest: number, pattern = label): Flaw | undefined {
  if (value.length > longest) {
    return { message: `${what} has ${value.length} characters`, remedy: `use at most ${longest}` };
  }
  if (pattern.test(value)) return undefined;
  const near = value.toLowerCase().replace(pattern === label ? /[\s_.]+/g : /[\s.]+/g, "-");
  return {
    message: `${what} ${shown(value)} cannot be a host name`,
    remedy: pattern.test(near) ? `write ${near}: ${labelRule}` : `use ${labelRule}`,
  };
}

export const labNameFlaw = (value: string): Flaw | undefined =>
  labelFlaw(value, "the lab's name", longestLabName);

/** The rule for machines of any role. */
export function machineNameFlaw(value: string): Flaw | undefined {
  if (thisComputer.includes(value)) {
    const message = `the name ${value} means this computer`;
    return { message, remedy: "give the machine another name" };
  }
  if (/^\d+$/.test(value)) {
    return {
      message: `the name ${value} would be read as an address`,
      remedy: `put a letter in it, such as m${value}`,
    };
  }
  return labelFlaw(value, "the machine's name", longestName, looseLabel);
}

/** The rule for names that refer to machines; whether the machine exists is checked elsewhere. */
export function referenceFlaw(value: string): Flaw | undefined {
  if (value.length <= longestName && looseLabel.test(value)) return undefined;
  return { message: `${shown(value)} cannot be a machine's name`, remedy: "name a machine of this lab" };
}

/** The rule for names of Kubernetes nodes, which allow no underscore. */
export const nodeNameFlaw = (value: string): Flaw | undefined =>
  labelFlaw(value, "the node's name", longestName);

/** A role is a known one, or a free one that is not likely a typing error. */
export function roleFlaw(value: string): Flaw | undefined {
  if (knownRoles.includes(value)) return undefined;
  if (thisComputer.includes(value)) {
    return { message: `the role ${value} means this computer`, remedy: "give the machine another role" };
  }
  const near = nearest(value, knownRoles);
  if (near === undefined) return labelFlaw(value, "the role", longestName);
  const message = `there is no role ${shown(value)}, and a role may not look like ${near}`;
  return { message, remedy: `did you mean ${near}? Write that, or a more different name` };
}

/** POSIX 3.437 (portable names that do not begin with a hyphen), as narrow as useradd takes them. */
export const userPattern = /^[a-z_][a-z0-9_-]{0,31}$/;

export function userFlaw(value: string): Flaw | undefined {
  if (userPattern.test(value)) return undefined;
  const message = `${shown(value)} is not a user name`;
  return {
    message,
    remedy: "use lower-case letters, digits, _ and -, a letter or _ first, at most 32 in all",
  };
}

/** An absolute path of plain characters, which need no quoting in any file. */
export const shellPattern = /^(\/[A-Za-z0-9._-]+)+$/;

export function shellFlaw(value: string): Flaw | undefined {
  if (shellPattern.test(value)) return undefined;
  return {
    message: `${shown(value)} is not the path of a shell`,
    remedy: "write an absolute path, such as /bin/bash",
  };
}
