import type { Files, Published } from "./deb.ts";
import { filesOf, indexFiles, type Package, publish, type RepositoryOptions, under } from "./publish.ts";
import { releaseFiles } from "./release.ts";

export interface DockerOptions extends RepositoryOptions {
  suite?: "bookworm" | "trixie";
  /** Upstream version and package revision: `2.4.1-2`. */
  containerd?: readonly string[];
  compose?: readonly string[];
}

/** FACTS.md, D3: releases are skipped, and 2.4.2 is not there. */
export const containerdReleases = [
  "1.7.27-1",
  "2.1.5-1",
  "2.2.1-1",
  "2.2.6-1",
  "2.3.5-1",
  "2.3.6-1",
  "2.4.1-2",
];
/** FACTS.md, D4: old versions stay beside the new ones. */
export const composeReleases = ["2.40.3-1", "5.1.4-1", "5.5.0-1"];

const systems = { bookworm: "debian.12", trixie: "debian.13" };

const fields = (summary: string) => ({
  Maintainer: "Docker <support@docker.com>",
  Section: "devel",
  Priority: "optional",
  Homepage: "https://www.docker.com",
  Description: summary,
});

const packages = (containerd: readonly string[], compose: readonly string[]): Package[] => [
  {
    name: "containerd.io",
    versions: containerd,
    fields: fields("An open and reliable container runtime"),
    programs: Object.fromEntries(
      ["containerd", "containerd-shim-runc-v2", "ctr", "runc"].map((name) => [name, `usr/bin/${name}`]),
    ),
    others: {
      "etc/containerd/config.toml": 'disabled_plugins = ["cri"]\n',
      "lib/systemd/system/containerd.service": "[Unit]\nDescription=containerd container runtime\n",
    },
  },
  {
    name: "docker-compose-plugin",
    versions: compose,
    fields: fields("Docker Compose (V2) plugin for the Docker CLI."),
    programs: { "docker-compose": "usr/libexec/docker/cli-plugins/docker-compose" },
    others: { "usr/share/doc/docker-compose-plugin/copyright": "Apache-2.0\n" },
  },
];

/** Package versions of containerd 1 do not name the system: FACTS.md, D3. */
const debVersion = (name: string, version: string, suite: keyof typeof systems): string =>
  name === "containerd.io" && version.startsWith("1.") ? version : `${version}~${systems[suite]}~${suite}`;

/**
 * download.docker.com/linux/debian: one index a processor, under dists/. Paths begin with `/linux/debian/`.
 * FACTS.md, D1 to D5.
 */
export async function dockerRepository(options: DockerOptions = {}): Promise<Files> {
  const { suite = "bookworm", containerd = containerdReleases, compose = composeReleases } = options;
  const { processors = ["amd64", "arm64"], key } = options;
  const all: Published[] = [];
  const indexes: Files = new Map();
  for (const processor of processors) {
    const built = packages(containerd, compose).flatMap((one) =>
      one.versions.map((upstream) => {
        const version = debVersion(one.name, upstream, suite);
        const filename = `dists/${suite}/pool/stable/${processor}/${one.name}_${version}_${processor}.deb`;
        return publish(one, { version, processor, filename }, options);
      }),
    );
    const published = await Promise.all(built);
    for (const file of indexFiles(`stable/binary-${processor}/`, published)) indexes.set(...file);
    all.push(...published);
  }
  const release = {
    Origin: "Docker",
    Label: "Docker CE",
    Suite: suite,
    Architectures: processors.join(" "),
    Components: "stable",
    Date: new Date().toUTCString(),
  };
  const described = under(`dists/${suite}`, indexes, await releaseFiles(release, indexes, key));
  return under("/linux/debian", described, filesOf(all), key ? [["gpg", Buffer.from(key.armored)]] : []);
}
