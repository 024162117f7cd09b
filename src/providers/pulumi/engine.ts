import { constants, mkdir, rm, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { SemVer, satisfies } from "semver";
import type { Activity } from "../../activity/activity.ts";
import { labChoices } from "../../artifacts/choices.ts";
import { compiledPulumi } from "../../artifacts/modules/pulumi.ts";
import { explainSource } from "../../artifacts/open.ts";
import { clusterNeeds } from "../../components/needs.ts";
import { LabwrightError } from "../../errors.ts";
import { isThere } from "../../is-there.ts";
import type { Lab } from "../../lab/types.ts";
import { runProgram } from "../../local/program.ts";
import { cacheFolder } from "../../paths.ts";
import type { Plugin } from "./cloud.ts";

/**
 * The engine's releases that the programs work with: this one, which infra/modules/pulumi compiles, and later
 * ones of the same major.
 */
export const oldest = new SemVer("3.220.0");
const orNewer = `${oldest.major}.${oldest.minor} or newer`;

export interface PulumiEngine {
  /** A folder with `bin/pulumi` in it; undefined: the one of PATH. */
  root: string | undefined;
  /** Environment that names the places of plugins. */
  environment: Record<string, string>;
}

interface EngineRequest {
  lab: Lab;
  plugin: Plugin;
  /** PULUMI_HOME of the lab. */
  home: string;
  activity: Activity;
  signal: AbortSignal;
}

/**
 * Pulumi's engine and plugin, from the first place that has them: PATH (a plugin that is missing is then fetched by
 * Pulumi itself); the Go modules, if the lab's source is that; Pulumi's own installer. Throws
 * `pulumi-plugin-missing`, before anything is compiled, if the plugin cannot be.
 */
export async function findPulumi(request: EngineRequest): Promise<PulumiEngine> {
  const { lab, plugin, home, activity, signal } = request;
  await mkdir(home, { recursive: true, mode: 0o700 });
  const plugins = join(home, "plugins");
  await rm(plugins, { recursive: true, force: true });
  if (await isInstalled(signal)) {
    await sharePlugins(plugins);
    return { root: undefined, environment: {} };
  }
  const { source } = await explainSource({
    choice: lab.source,
    mirrors: lab.mirrors,
    kubernetesVersion: lab.cluster.version,
    needs: clusterNeeds(lab.cluster),
    choices: labChoices(lab.name),
    signal,
  });
  if (source !== "modules") {
    await sharePlugins(plugins);
    return installed(activity);
  }
  const present = plugin.compiled ? undefined : await findPlugin(plugin);
  const folder = await compiledPulumi(activity, signal);
  await replaceLink(join(folder, "pulumi"), join(home, "bin"), "pulumi");
  const file = fileOf(plugin);
  await replaceLink(present ?? join(folder, file), join(plugins, folderOf(plugin)), file);
  // Otherwise the engine asks the internet for what it has already.
  return { root: home, environment: { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" } };
}

/** What Pulumi fetches itself has hundreds of megabytes, and is the same for every lab. */
async function sharePlugins(link: string): Promise<void> {
  const shared = join(cacheFolder(), "pulumi", "plugins");
  await mkdir(shared, { recursive: true });
  await symlink(shared, link);
}

const fileOf = ({ name }: Plugin): string => `pulumi-resource-${name}`;
const folderOf = ({ name, version }: Plugin): string => `resource-${name}-v${version}`;

/** A plugin that this computer has: in PATH, or where `pulumi plugin install` puts it. Throws `pulumi-plugin-missing`. */
export async function findPlugin(plugin: Plugin, environment = process.env): Promise<string> {
  const home = environment.PULUMI_HOME || join(homedir(), ".pulumi");
  const folders = [...(environment.PATH ?? "").split(delimiter), join(home, "plugins", folderOf(plugin))];
  for (const folder of folders) {
    const file = join(folder, fileOf(plugin));
    if (folder !== "" && (await isThere(file, constants.X_OK))) return file;
  }
  const { name, version } = plugin;
  throw new LabwrightError({
    code: "pulumi-plugin-missing",
    message: `Pulumi's plugin ${name} ${version} is not installed, and is too large to compile from its Go modules`,
    remedy: `Install Pulumi ${orNewer}, which fetches it; or put ${fileOf(plugin)} ${version} in PATH; or set \`source: upstream\` in the lab file to have both fetched.`,
  });
}

async function isInstalled(signal: AbortSignal): Promise<boolean> {
  const said = await runProgram("pulumi", ["version"], { signal, timeout: 20_000 }).catch(() => "");
  return isRightVersion(said);
}

/** Whether `v3.220.0` is a release that can be used. */
export const isRightVersion = (said: string): boolean =>
  satisfies(said.trim(), `^${oldest.version}`, { includePrerelease: true });

async function installed(activity: Activity): Promise<PulumiEngine> {
  const { version } = oldest;
  const root = join(cacheFolder(), "pulumi", version);
  const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
  activity.note(`fetching Pulumi ${version} with its own installer`);
  await PulumiCommand.install({ root, version: oldest }).catch((cause: unknown) => {
    throw new LabwrightError({
      code: "pulumi-missing",
      message: `Pulumi is not in PATH, and its installer could not fetch ${version}`,
      remedy: `Install Pulumi ${orNewer}, or set \`source: modules\` in the lab file to have labwright compile it (needs Go).`,
      cause,
    });
  });
  return { root, environment: {} };
}

async function replaceLink(target: string, folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await rm(join(folder, name), { force: true });
  await symlink(target, join(folder, name));
}
