import { type Command, sh } from "../hosts/sh.ts";

/**
 * Runs commands in the folder that a path is in, but never through a link: users who own a folder on the way may put a link
 * there at any moment. So the shell enters folder by folder, and checks each time that it is where it meant to go. `work` is
 * given the path from there, `./NAME`. If the folder does not exist, nothing is done, and that is not an error.
 */
export function beside(path: string, work: (last: string) => Command): Command {
  const folders = path.split("/").slice(1);
  const last = folders.pop();
  return sh`(
    at= && cd / || exit 1
    for folder in ${folders}; do
      at="$at/$folder"
      cd -P "./$folder" 2>/dev/null || exit 0
      [ "$(/bin/pwd -P; echo .)" = "$at
." ] || { printf '%s leads elsewhere\n' "$at" >&2; exit 1; }
    done
    ${work(`./${last}`)}
  )`;
}

/** Removes the file or folder at a path. A link at the end is removed itself. A path that does not exist is not an error. */
export const removePath = (path: string): Command =>
  beside(path, (last) => sh`rm -rf --one-file-system -- ${last}`);
