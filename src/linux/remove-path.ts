import { type Command, sh } from "../hosts/sh.ts";

/**
 * Removes what a path names, but never through a link: users who own a folder on the way may put one in its place at any
 * moment. So the shell goes down folder by folder, sees each time that it really is where it meant to go, and removes by
 * a name in the folder that it stands in. A link at the end is removed itself. A path that is gone is not an error.
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
