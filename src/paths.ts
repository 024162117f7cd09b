import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The package's own folder, with playbooks, templates and infra in it; src/ and dist/ are directly below. */
export const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));

const xdg = (variable: string, fallback: string): string =>
  join(process.env[variable] || join(homedir(), fallback), "labwright");

/** What can be created again: artifacts. XDG Base Directory Specification. */
export const cacheFolder = (): string => xdg("XDG_CACHE_HOME", ".cache");

/** Partial downloads, kept for the next run if this one is interrupted. */
export const downloadsFolder = (): string => join(cacheFolder(), "artifacts", "downloads");

/** What belongs to labs and to labwright's own engine: keys, locks. XDG Base Directory Specification. */
export const dataFolder = (): string => xdg("XDG_DATA_HOME", ".local/share");

/** The labs' folders. */
export const labsFolder = (): string => join(dataFolder(), "labs");

/** The folder of one lab: its key pair, known hosts and lock. */
export const labFolder = (name: string): string => join(labsFolder(), name);

/** The passwords made for a lab: a file that only its owner reads. */
export const credentialsFile = (name: string): string => join(labFolder(name), "credentials.json");
