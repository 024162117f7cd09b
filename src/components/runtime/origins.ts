import { type Command, sh } from "../../hosts/sh.ts";
import type { RuntimeImages } from "./container-runtime.ts";

const noted = `NR == FNR { if ($1 == from) known[$2]; next } $0 in known`;

/**
 * For a runtime that keeps no labels of images which are given later: a file on the machine has what they were made from, a
 * line each before the image's name. `names` prints the names of all images.
 */
export const withOrigins = (file: string, names: Command): Pick<RuntimeImages, "list" | "pin"> => ({
  list: (madeFrom) =>
    madeFrom === undefined ? names : sh`${names} | awk -v from=${madeFrom} ${noted} ${file} -`,
  pin: (madeFrom) =>
    madeFrom === undefined
      ? sh`true`
      : sh`{ touch ${file} && sed -i "\|^[^ ]* $name\$|d" ${file} && echo ${madeFrom} "$name" >>${file}; }`,
});
