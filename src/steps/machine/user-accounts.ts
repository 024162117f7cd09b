import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { localhost } from "../../engine/graph.ts";
import { type CheckContext, type Facts, onMachine, type Probes } from "../../engine/step.ts";
import { Secret, sh } from "../../hosts/sh.ts";
import { accountPasswords } from "../../lab/accounts.ts";
import type { Account } from "../../lab/types.ts";
import { runOnAccounts } from "../../linux/account-notes.ts";
import {
  type AccountState,
  accountsFolder,
  askAccount,
  make,
  seenIn,
  sudoers,
  takeAway,
} from "../../linux/accounts.ts";
import { reportLeft } from "../../linux/backup.ts";
import { credentialsFile, labFolder } from "../../paths.ts";
import { step } from "../step.ts";

/** The account's password, which the provider generated: see src/providers/credentials.ts. */
function passwordOf({ name }: Account, facts: Facts, { machine }: CheckContext): string | undefined {
  if (!accountPasswords(machine).includes(name)) return undefined;
  const kept: unknown = facts.passwords?.code === 0 ? JSON.parse(facts.passwords.stdout) : {};
  return credentials.parse(kept)[machine.name]?.[name];
}

const credentials = z.record(z.string(), z.record(z.string(), z.string()));

/** The lab's own public key; empty if the lab has none. */
const keyIn = (facts: Facts): string => (facts.key?.code === 0 ? facts.key.stdout.trim() : "");

const digestOf = (password: string): string => createHash("sha256").update(password).digest("hex");

const strangers = (facts: Facts, { machine }: CheckContext): string[] =>
  (facts.made?.stdout ?? "")
    .split("\n")
    .filter((name) => name !== "" && !machine.users?.some((user) => user.name === name));

function differencesOf(account: Account, seen: AccountState, facts: Facts, context: CheckContext): string[] {
  const { name, shell = defaultShell, sudo } = account;
  if (seen.shell === "") return [`there is no account ${name}`];
  if (seen.changed) return [`the account ${name} has another uid or home than labwright made it with`];
  const key = keyIn(facts);
  const password = passwordOf(account, facts, context);
  const needsPassword = accountPasswords(context.machine).includes(name);
  return [
    ...(seen.shell === shell ? [] : [`the shell of ${name} is ${seen.shell}, not ${shell}`]),
    ...(seen.sudoers === sudoers(name, sudo) ? [] : [`${name} does not become root as with sudo: ${sudo}`]),
    ...(key === "" || seen.keys.includes(key) ? [] : [`${name} does not take the lab's key`]),
    ...(!needsPassword || (password !== undefined && seen.digest === digestOf(password))
      ? []
      : [`the password of ${name} is not the one made for the lab`]),
  ];
}

const defaultShell = "/bin/bash";

export const userAccounts = step({
  summary:
    "Creates the accounts that the lab file lists for the machine, with the lab's key and, if needed, a password.",
  params: z.strictObject({}),

  probe: (_, { lab, machine }): Probes => ({
    made: sh`ls ${accountsFolder}`,
    ...(machine.users && {
      passwords: onMachine(localhost.name, sh`cat ${credentialsFile(lab.name)}`),
      key: onMachine(localhost.name, sh`cat ${join(labFolder(lab.name), "id_ed25519.pub")}`),
    }),
    ...Object.fromEntries((machine.users ?? []).map(({ name }) => [`account.${name}`, askAccount(name)])),
  }),

  check: (facts: Facts, _, context) => [
    ...(context.machine.users ?? []).flatMap((account) =>
      differencesOf(account, seenIn(facts[`account.${account.name}`]), facts, context),
    ),
    ...strangers(facts, context).map((name) => `the lab file no longer has an account ${name}`),
  ],

  apply: async (host, _, context, facts: Facts) => {
    for (const account of context.machine.users ?? []) {
      const word = passwordOf(account, facts, context);
      const password = word === undefined ? undefined : { word: new Secret(word), digest: digestOf(word) };
      const wanted = { shell: defaultShell, ...account, key: keyIn(facts), password };
      await runOnAccounts(host, account.name, make(wanted));
    }
    const gone = strangers(facts, context);
    if (gone.length > 0) reportLeft(context, await runOnAccounts(host, gone.join(", "), takeAway(gone)));
  },

  undo: async (host, _, context) => {
    const { stdout } = await host.run(sh`ls ${accountsFolder}`, { accept: "any" });
    const names = stdout.split("\n").filter(Boolean);
    reportLeft(context, await runOnAccounts(host, names.join(", "), takeAway(names)));
  },
});
