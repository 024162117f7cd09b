import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { type LayerEntry, tarOf } from "../../artifacts/images/layer.ts";
import { sh } from "../../hosts/sh.ts";
import type { Lab } from "../../lab/types.ts";
import { buildArguments, exportProxies } from "../../linux/proxies.ts";
import type { Docker } from "./docker.ts";

export interface Build {
  tag: string;
  /** The folder with the Dockerfile. */
  folder: string;
  /** The Dockerfile's arguments. */
  args: Readonly<Record<string, string>>;
  /** Whose proxies the build goes through. */
  lab: Lab | undefined;
  onLine(line: string): void;
}

/** Has the engine build an image. */
export async function buildImage(docker: Docker, { tag, folder, args, lab, onLine }: Build): Promise<void> {
  const given = Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
  const context = lab && { lab, addresses: new Map<string, string>() };
  await docker.run(sh`build --tag ${tag} ${given} ${context ? buildArguments(context) : sh``} -`, {
    onLine,
    input: await tarOf(await entriesIn(folder)),
    ...(context && { environment: exportProxies(context) }),
  });
}

/** The files of a folder, with their modes, as entries of a tar. */
async function entriesIn(folder: string): Promise<LayerEntry[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  return Promise.all(
    files.map(async (file) => ({
      type: "file",
      path: `/${relative(folder, file)}`,
      mode: (await stat(file)).mode & 0o777,
      from: { file },
    })),
  );
}
