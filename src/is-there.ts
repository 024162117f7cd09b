import { access, constants } from "node:fs/promises";

/** Whether there is a file or a folder at that path; with `mode`, one that may be used so (fs.constants). */
export const isThere = (path: string, mode = constants.F_OK): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );
