import { readFileSync } from "node:fs";
import { LabwrightError } from "../errors.ts";

/** A proxy's URL, which may hold a password: only the host is printed. */
export class ProxyUrl {
  readonly #text: string;

  /** Characters that a URL may not contain, such as a quote in a password, are escaped: Go refuses it otherwise. */
  constructor(text: string) {
    this.#text = new URL(text).href.replace(/\/$/, "");
  }

  reveal(): string {
    return this.#text;
  }

  /** `proxy.example:3128` */
  get shown(): string {
    return new URL(this.#text).host;
  }

  /** Without brackets, if it is an IPv6 address. */
  get hostname(): string {
    return new URL(this.#text).hostname.replace(/^\[|\]$/g, "");
  }

  /** Whether only this computer itself reaches it. */
  get isLoopback(): boolean {
    const host = this.hostname;
    return host === "localhost" || host.endsWith(".localhost") || host === "::1" || /^127\./.test(host);
  }

  toString(): string {
    return this.shown;
  }

  toJSON(): string {
    return this.shown;
  }
}

/** How this computer, and builds on it, reach the internet. */
export interface ProxySettings {
  http?: ProxyUrl;
  https?: ProxyUrl;
  /** Hosts, domains and networks that are reached without a proxy. */
  no: readonly string[];
  /** Certificate authorities that programs have to trust besides the usual ones: PEM. */
  certificates?: string;
}

/** Reads a file that a variable names. */
export type ReadText = (file: string) => string;

const names = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] as const;

/** The settings of an environment; undefined if none of its variables is set. An empty one counts as set. */
export function proxiesIn(
  environment: Readonly<Record<string, string | undefined>>,
  readText: ReadText,
): ProxySettings | undefined {
  // Lower case first, as curl and undici do.
  const variable = (name: string) => environment[name] ?? environment[name.toUpperCase()];
  const there = [...names, "NODE_EXTRA_CA_CERTS"].some((name) => variable(name) !== undefined);
  if (!there) return undefined;
  const all = variable("all_proxy");
  const http = urlIn("HTTP_PROXY", variable("http_proxy") || all);
  const https = urlIn("HTTPS_PROXY", variable("https_proxy") || all);
  // Without a proxy, SSL_CERT_FILE is usually just another place of the usual authorities.
  const file = variable("NODE_EXTRA_CA_CERTS") || (http || https ? environment.SSL_CERT_FILE : undefined);
  return {
    ...(http && { http }),
    ...(https && { https }),
    no: wordsIn(variable("no_proxy") ?? ""),
    ...(file && { certificates: certificatesIn(file, readText) }),
  };
}

/** The settings that this process's environment names. */
export const proxiesHere = (): ProxySettings | undefined =>
  proxiesIn(process.env, (file) => readFileSync(file, "utf8"));

const wordsIn = (list: string): string[] => list.split(/[\s,]+/).filter((word) => word !== "");

function urlIn(name: string, text: string | undefined): ProxyUrl | undefined {
  if (!text) return undefined;
  const url = /^[a-z0-9+.-]+:\/\//i.test(text) ? text : `http://${text}`;
  if (URL.canParse(url) && new URL(url).host !== "") return new ProxyUrl(url);
  throw new LabwrightError({
    code: "proxy-malformed",
    message: `the variable ${name} is not the URL of a proxy`,
    remedy: `Set ${name} to a URL such as http://proxy.example:3128, or unset it.`,
  });
}

function certificatesIn(file: string, readText: ReadText): string {
  let text = "";
  try {
    text = readText(file);
  } catch (cause) {
    throw unusable(file, "cannot be read", cause);
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (certificates) return `${certificates.join("\n")}\n`;
  throw unusable(file, "has no certificate in PEM form");
}

const unusable = (file: string, why: string, cause?: unknown): LabwrightError =>
  new LabwrightError({
    code: "certificates-unusable",
    message: `the certificate file ${file} ${why}`,
    remedy: "Set NODE_EXTRA_CA_CERTS to a file with your company's certificate authority, or unset it.",
    cause,
  });

/** The proxies that are used, once each: `proxy.example:3128`. */
export const shownProxies = ({ http, https }: ProxySettings): string =>
  [...new Set([https, http].flatMap((url) => (url ? [url.shown] : [])))].join(" and ");

/** Addresses that are never reached through a proxy, in a form that Go, curl and apt read. */
export function withoutProxy(own: readonly string[], ...others: readonly (string | undefined)[]): string[] {
  const always = ["localhost", "127.0.0.1", "::1", ".svc", ".cluster.local"];
  const all = [...own, ...always, ...others.filter((one) => one !== undefined)];
  return [...new Set(all)].sort();
}
