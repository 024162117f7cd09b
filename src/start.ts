import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { cacheFolder } from "./paths.ts";

// What has not changed since the last run is neither stripped of its types nor compiled again; it halves the time of a
// run that has nothing to do. So all else is loaded after this.
enableCompileCache(join(cacheFolder(), "node"));

// A reader that closes its end, as `| head` does, is no error of ours: what it wanted has been written.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

await (await import("./program.ts")).main();
