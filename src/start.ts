import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { cacheFolder } from "./paths.ts";

// Files that have not changed since the last run are not compiled again, which halves the time of a
// run that has nothing to do. So everything else is loaded after this.
enableCompileCache(join(cacheFolder(), "node"));

// A reader that closes its end (`| head`), or a terminal that is closed, must not stop the work half-way: unread output
// is dropped, and the exit code shows how the work ended.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
  });

await (await import("./program.ts")).main();
