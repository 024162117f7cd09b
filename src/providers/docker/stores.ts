import { ofRuntimes } from "../../components/runtime/runtimes.ts";

/**
 * Folders whose file system must be one that overlay works on: of each runtime, as a lab may change its runtime, and that of a
 * machine's own Docker engine.
 */
export const stores = [...new Set([...ofRuntimes(({ store }) => [store]), "/var/lib/docker"])];
