import { type Command, sh } from "../hosts/sh.ts";

/**
 * Removes the file or folder at a path, but never through a link: users who own a folder on the way may put a link there at
 * any moment. So the shell enters folder by folder, checks each time that it is where it meant to go, and removes by
 * a name in its current folder. A link at the end is removed itself. A path that does not exist is not an error.
 */
export function removePath(path: string): Command {
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
    rm -rf --one-file-system -- ${`./${last}`}
  )`;
}
