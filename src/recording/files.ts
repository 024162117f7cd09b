import { workloadSets } from "../components/image-sets.ts";
import { networkContents, ofNetworks } from "../components/network/networks.ts";
import { type Command, lines, sh } from "../hosts/sh.ts";
import { imagesRecord } from "../kubernetes/images.ts";
import { beside, removePath } from "../linux/beside.ts";
import { isStudentCommand, studentCommand } from "./student-command.ts";
import type { Kept, Recorder } from "./types.ts";

const accountFiles = ["passwd", "group", "shadow", "gshadow", "subuid", "subgid"].map(
  (name) => `/etc/${name}`,
);

/** What changes by itself: by using a tool, by a service that renews it; and what other recorders record better. */
const leftOut = [
  "*/.kube/cache",
  "/etc/mtab",
  "/etc/resolv.conf",
  "/etc/hosts",
  "/etc/adjtime",
  "/etc/ld.so.cache",
  "/etc/.pwd.lock",
  "/var/lib/labwright/put-back",
  ...accountFiles.flatMap((path) => [path, `${path}-`]),
  ...ofNetworks(({ bookkeeping }) => bookkeeping.files),
  // A pod network's pods copy their programs to the node each time that they start.
  ...Object.entries(networkContents("ownPrograms")).flatMap(([folder, names]) =>
    names.map((name) => `${folder}/${name}`),
  ),
  // Exercises share their images, and a reset keeps them.
  ...Object.values(workloadSets)
    .filter(({ forExercisesOnly }) => forExercisesOnly)
    .map(imagesRecord),
];

/** Where an exercise's files can be. Settings and histories in homes belong to their users, but not folders in which programs keep data. */
const forExercises = {
  roots: ["/etc", "/root", "/home", "/opt", "/usr/local/bin", "/usr/local/sbin"],
  dotfiles: sh`'(' '(' -path '/root/.*' -o -path '/home/*/.*' ')' ! -path '*/.kube' ! -path '*/.kube/*' ! -path '*/.docker*' ')' -prune -o`,
  shapes: sh``,
};

/** Where people leave files on a lab's own machine. */
const forLabs = {
  roots: [
    ...["/etc", "/root", "/home", "/opt", "/usr/local", "/srv", "/var/spool/cron", "/var/lib/labwright"],
  ],
  dotfiles: sh``,
  // Their lines are accounts; their modes are not.
  shapes: sh`find ${accountFiles} -maxdepth 0 -printf '%p\0%y %m %U:%G \0' 2>/dev/null`,
};

/**
 * Files, folders and links: kind, mode, owner, and a file's SHA-256 or a link's target. Of a file over a mebibyte, which is a
 * program, size and time are enough: hashing the CNI programs takes thirty times as long as all others. Three lists. Every
 * field ends in NUL, because names and link targets may contain anything else (GNU find, coreutils).
 */
const filesIn = ({ roots, dotfiles, shapes }: typeof forLabs): Recorder => ({
  owns: (kind) => kind === "file",
  probe: sh`
    set -f
    left_out() {
      for one in ${leftOut}; do printf ' -path %s -prune -o' "$one"; done
      ! ${isStudentCommand(studentCommand)} || printf ' -path %s -prune -o' ${studentCommand}
    }
    roots=$(for one in ${roots}; do [ ! -d "$one" ] || echo "$one"; done)
    list() { find -P $roots -mindepth 1 -xdev $(left_out) ${dotfiles} "$@"; }
    list -printf '%p\0%y %m %U:%G %l\0'
    ${shapes}
    printf '\0'
    list -type f -size -1025k -exec sha256sum -z {} +
    printf '\0'
    list -type f -size +1024k -printf '%p\0%s %T@\0'`,
  read: (printed) => {
    const [shapes = [], sums = [], sizes = []] = printed
      .split("\0\0")
      .map((list) => list.split("\0").filter((field) => field !== ""));
    const contents = new Map([
      ...sums.map((line): [string, string] => [line.slice(66), line.slice(0, 16)]),
      ...pairs(sizes),
    ]);
    return pairs(shapes).map(([name, shape]) => ({
      kind: "file",
      name,
      value: `${shape.trimEnd()} ${contents.get(name) ?? ""}`.trim(),
    }));
  },
  remove: (items) => lines(items.map(({ name }) => removePath(name))),
  fetch: (names) => sh`
    cd / && printf '%s\0' ${names} | tar --null --no-recursion --ignore-failed-read -czf - -T - 2>/dev/null | base64`,
  // A folder before what is in it.
  putBack: (items) => lines(items.toSorted((one, other) => (one.name < other.name ? -1 : 1)).map(putBack)),
});

/** Only root can write there, so nobody can put a link in place of a new file. */
const workshop = "/var/lib/labwright/put-back";

/**
 * The folder's owner may work against us: so what comes back is made elsewhere and moved in, and a folder's owner and mode are
 * changed from within, once it is certain where that is. A file without a content, which is over a mebibyte or has accounts in
 * it, gets its owner and mode in root's folders alone: the rest is a step's.
 */
function putBack({ name, value, content }: Kept): Command {
  const [, type, mode = "", owner = "", target = ""] = /^(\w) (\d+) (\S+) ?(.*)$/s.exec(value) ?? [];
  const remove = (last: string) => sh`rm -rf --one-file-system -- ${last}`;
  if (type === "d")
    return beside(
      name,
      (last) => sh`
        [ -d ${last} ] && [ ! -L ${last} ] || { ${remove(last)} && mkdir -- ${last}; }
        cd -P ${last} && [ "$(/bin/pwd -P)" = ${name} ] && chown -- ${owner} . && chmod -- ${mode} .`,
    );
  if (type === "l")
    return beside(
      name,
      (last) => sh`
        ${remove(last)}
        ln -sT -- ${target} ${last} && chown -h -- ${owner} ${last}`,
    );
  if (type !== "f") return sh`true`;
  if (content === undefined)
    return beside(
      name,
      (last) => sh`
        [ "$(stat -c %u .)" = 0 ] && [ -f ${last} ] && [ ! -L ${last} ] && chown -- ${owner} ${last} && chmod -- ${mode} ${last}`,
    );
  return beside(
    name,
    (last) => sh`
      mkdir -p -m 700 ${workshop} && new=$(mktemp ${`${workshop}/XXXXXXXX`}) || exit 1
      printf %s ${content} | base64 -d >"$new" && chown -- ${owner} "$new" && chmod -- ${mode} "$new" || exit 1
      [ ! -d ${last} ] || [ -L ${last} ] || ${remove(last)}
      mv -fT -- "$new" ${last}`,
  );
}

export const fileRecorder: Recorder = filesIn(forExercises);
export const labFileRecorder: Recorder = filesIn(forLabs);

const pairs = (fields: readonly string[]): [string, string][] =>
  fields.flatMap((field, index): [string, string][] =>
    index % 2 === 0 ? [[field, fields[index + 1] ?? ""]] : [],
  );
