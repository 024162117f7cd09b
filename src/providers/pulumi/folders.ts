import { join } from "node:path";
import { labFolder } from "../../paths.ts";

/** A lab's Pulumi files: in its own folder, deleted with it. */
export const pulumiFolder = (lab: string): string => join(labFolder(lab), "pulumi");

/** The file backend's. */
export const stateFolder = (lab: string): string => join(pulumiFolder(lab), "state");

/** Pulumi's own home: its plugins are started from here. */
export const engineHome = (lab: string): string => join(pulumiFolder(lab), "home");
