import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeCertificates } from "./network/certificates.ts";
import { type Line, startProxy } from "./network/proxy.ts";
import type { Files } from "./packages/deb.ts";
import { registryHosts, registryLookup } from "./registry/hosts.ts";
import type { Store } from "./registry/store.ts";
import { type Asked, imitateSite, type Lookup, type Rule } from "./serve.ts";

const run = promisify(execFile);

export interface InternetOptions {
  /** The address of this computer that clients reach the proxy at. */
  host: string;
  kubernetes: Files;
  docker: Files;
  /** What raw.githubusercontent.com has, by path. */
  manifests: Files;
  store: Store;
  /** Further hosts, and what each has by path. */
  others?: Record<string, Files>;
  rules?: Rule[];
  line?: Line;
}

export interface Internet {
  /** HTTPS_PROXY, HTTP_PROXY, NO_PROXY, and the authority's certificate in the forms that programs ask for. */
  environment: Record<string, string>;
  /** Add faults while it runs. */
  rules: Rule[];
  asked: Asked[];
  /** What somebody wanted that is not in this world. */
  refused: string[];
  /** Bytes of Debian's packages, by URL. */
  forwarded: Map<string, number>;
  close(): Promise<void>;
}

const packageHosts = ["pkgs.k8s.io", "prod-cdn.packages.k8s.io", "download.docker.com"];

/** pkgs.k8s.io has nothing itself: FACTS.md, K4. */
const behindRedirect = "/repositories/isv:/kubernetes:";

function lookupIn({ kubernetes, docker, manifests, store, others = {} }: InternetOptions): Lookup {
  const file = (files: Files, path: string) => {
    const body = files.get(path);
    return body && { body };
  };
  const registry = registryLookup(store);
  return (request) => {
    const { host, path } = request;
    if (host === "pkgs.k8s.io") {
      const location = `https://prod-cdn.packages.k8s.io${behindRedirect}${path}`;
      return { status: 302, headers: { location } };
    }
    if (host === "prod-cdn.packages.k8s.io") return file(kubernetes, path.replace(behindRedirect, ""));
    if (host === "download.docker.com") return file(docker, path);
    if (host === "raw.githubusercontent.com") return file(manifests, path);
    const other = others[host];
    if (other) return file(other, path);
    return registry(request);
  };
}

/** Where this computer's own apt has Debian's packages from, for the two places that Debian's image names. */
async function debianMirrors(): Promise<Map<string, string>> {
  const { stdout } = await run("apt-get", ["indextargets", "--format", "$(REPO_URI) $(LABEL)"]);
  const mirrors = new Map<string, string>();
  for (const line of stdout.trim().split("\n")) {
    const [uri = "", label = ""] = line.split(/ (.*)/);
    if (label === "Debian") mirrors.set("http://deb.debian.org/debian/", uri);
    if (label === "Debian-Security") mirrors.set("http://deb.debian.org/debian-security/", uri);
  }
  return mirrors;
}

/**
 * The places that labwright's defaults name, on this computer: by their own names, over TLS with a certificate authority
 * of the test's own, through a proxy and in no other way.
 */
export async function startInternet(options: InternetOptions): Promise<Internet> {
  const { host, rules = [], line } = options;
  const folder = await mkdtemp(join(tmpdir(), "labwright-internet-"));
  // Every user of the computer reads the authority's certificate; openssl(1) keeps the keys to their owner.
  await chmod(folder, 0o755);
  const names = [
    ...packageHosts,
    "raw.githubusercontent.com",
    ...Object.keys(options.others ?? {}),
    ...registryHosts,
  ];
  const { authority, key, cert } = await makeCertificates(folder, names);
  const clientOf = (socket: Socket) => proxy.clientAt(socket.remotePort ?? 0) ?? "";
  const site = imitateSite(lookupIn(options), rules, clientOf);
  const server = createServer({ key, cert }, site.listener);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const proxy = await startProxy({
    host,
    names: new Set(names),
    tlsPort: (server.address() as AddressInfo).port,
    forward: await debianMirrors(),
    ...(line && { line }),
  });
  const noProxy = "localhost,127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16";
  return {
    environment: {
      HTTPS_PROXY: proxy.url,
      HTTP_PROXY: proxy.url,
      NO_PROXY: noProxy,
      NODE_EXTRA_CA_CERTS: authority,
    },
    rules: site.rules,
    asked: site.asked,
    refused: proxy.refused,
    forwarded: proxy.forwarded,
    close: async () => {
      proxy.close();
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
