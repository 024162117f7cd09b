import { leaveCluster } from "../../src/components/node/remove-node.ts";
import { clearHalfDone } from "../../src/components/node/unmake.ts";
import { backUpDocker, clearDocker, restoreDocker } from "../../src/docker/state.ts";
import { rights } from "../../src/hosts/rights.ts";
import { type Command, sh } from "../../src/hosts/sh.ts";
import type { Host } from "../../src/hosts/types.ts";
import { makeAccount, removeAccounts } from "../../src/linux/account-notes.ts";
import { backUp, beforeFolder, restoreCommand } from "../../src/linux/backup.ts";
import { runDetached, waitForDetached } from "../../src/linux/detached.ts";
import { debian } from "../../src/linux/families/debian.ts";
import { exportOwnProxies } from "../../src/linux/proxies.ts";

interface Script {
  name: string;
  /** With marks, `@1` and so on, where values go. */
  command: Command;
  /** What the value at a mark, or at a list of marks, is called. */
  words?: Readonly<Record<string, string>>;
}

/** The commands that a function runs on a machine. */
async function ranBy(work: (host: Host) => Promise<unknown>): Promise<Command[]> {
  const ran: Command[] = [];
  const run = async (command: Command) => {
    ran.push(command);
    return { code: 0, stdout: "", stderr: "" };
  };
  await work({ run, write: async () => {} } as unknown as Host);
  return ran;
}

const detached = await ranBy(async (host) => {
  await waitForDetached(host, "@1");
  await runDetached(host, "@1", sh``);
});

const touched = {
  folders: { "@2": ["@3"] },
  freshFolders: { "@2": ["@3"] },
  services: ["@4"],
  files: ["@5"],
  fresh: ["@6"],
  own: ["@7"],
  mounts: ["@8"],
};

const touchedWords = {
  "@2/@3 @2/@3": "contents",
  "@4": "services",
  "@5": "files",
  "@2": "folders",
  "@6 @2": "fresh",
  "@7": "own",
  "@8": "mounts",
};

/** Long scripts of other rooms, which the tests of those rooms are about: only what a step puts into them counts here. */
const scripts: readonly Script[] = [
  { name: "back up", command: backUp("@1", touched), words: { "@1": "for", ...touchedWords } },
  { name: "give back", command: restoreCommand("@1"), words: { "@1": "to" } },
  // Records in another folder than all others.
  {
    name: "back up",
    command: backUp("@1", touched, "@9"),
    words: { "@1": "for", ...touchedWords, "@9": "records" },
  },
  { name: "give back", command: restoreCommand("@1", "@9"), words: { "@1": "to", "@9": "records" } },
  {
    name: "make the account",
    command: makeAccount("@1", "@2", ["@3"]),
    words: { "@1": "name", "@2": "note", "@3": "flags" },
  },
  {
    name: "remove the accounts",
    command: removeAccounts("@1", ["@2"]),
    words: { "@1": "noted in", "@2": "names" },
  },
  { name: "the functions of rights.ts", command: rights },
  { name: "clear what kubeadm left half-done", command: clearHalfDone },
  { name: "leave the cluster", command: leaveCluster },
  ...detached.map((command, at) => ({
    name: `work beside the connection, part ${at + 1}`,
    command,
    words: { "@1": "called" },
  })),
  {
    name: "install packages",
    command: debian.install(["@1"], `${beforeFolder}/@2`),
    words: { "@1": "names", "@2": "notes of" },
  },
  {
    name: "remove packages",
    command: debian.remove(["@1"], `${beforeFolder}/@2`),
    words: { "@1": "names", "@2": "notes of" },
  },
  {
    name: "list the packages to remove",
    command: debian.toRemove(`${beforeFolder}/@1`),
    words: { "@1": "notes of" },
  },
  {
    name: "prepare for packages",
    command: debian.beforeInstall(`${beforeFolder}/@1`),
    words: { "@1": "notes of" },
  },
  { name: "the machine's own proxies", command: exportOwnProxies },
  { name: "back up Docker's objects", command: backUpDocker },
  { name: "restore Docker's objects", command: restoreDocker },
  { name: "clear the Docker engine", command: clearDocker("@1"), words: { "@1": "of" } },
];

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

const patterns = scripts.map(({ name, command, words = {} }) => {
  const marks = Object.keys(words).sort((one, other) => other.length - one.length);
  const parts = command
    .reveal()
    .trim()
    .split(new RegExp(`(${marks.join("|") || "$^"})`));
  const labels: string[] = [];
  const source = parts.map((part, at) => {
    if (at % 2 === 0) return escaped(part);
    const known = labels.indexOf(words[part] ?? part);
    if (known >= 0) return `\\${known + 1}`;
    labels.push(words[part] ?? part);
    // A value at the very end reaches to the end of its line.
    return at === parts.length - 2 && parts.at(-1) === "" ? "(.*)" : "(.*?)";
  });
  return { name, labels, pattern: new RegExp(source.join(""), "g") };
});

/** A command with each library's script as its name in angle brackets, with the values that were put into it. */
export const withScriptsNamed = (text: string): string =>
  patterns.reduce(
    (shown, { name, labels, pattern }) =>
      shown.replace(pattern, (_, ...values) => {
        const given = labels.flatMap((label, at) => (values[at] === "" ? [] : `\n- ${label}: ${values[at]}`));
        return `<${name}>${given.join("")}`;
      }),
    text,
  );
