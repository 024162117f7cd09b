import { createHash } from "node:crypto";
import type { CheckContext } from "../../../src/engine/step.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said, withMachine } from "../../support/steps.ts";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBq labwright";
const password = "flour-sugar-42";
const digest = createHash("sha256").update(password).digest("hex");

const users = withMachine({
  login: ["key", "password"],
  users: [
    { name: "steve", sudo: "password" },
    { name: "anna", sudo: "none", shell: "/bin/sh" },
  ],
});

const withoutUsers = (context: CheckContext): CheckContext => {
  const { users: _, ...machine } = context.machine;
  return { ...context, machine };
};

/** What the machine says of an account, a line for each thing. */
const account = (lines: Readonly<Record<string, string>>) =>
  said(
    Object.entries(lines)
      .map(([word, value]) => `${word} ${value}\n`)
      .join(""),
  );
const steve = {
  shell: "/bin/bash",
  uid: "1001 /home/steve",
  noted: "1001 /home/steve",
  sudoers: "steve ALL=(ALL:ALL) ALL",
  digest,
  key,
};
const anna = { shell: "/bin/sh", uid: "1002 /home/anna", noted: "1002 /home/anna", digest, key };

const here = {
  key: said(`${key}\n`),
  passwords: json({ cp: { steve: password, anna: password } }),
};

export const cases: StepCases = {
  context: users,
  fresh: { facts: here, differences: ["there is no account steve", "there is no account anna"] },
  right: {
    made: said("anna\nsteve\n"),
    ...here,
    "account.steve": account(steve),
    "account.anna": account(anna),
  },
  alsoRight: {
    "the lab has no key": { facts: { key: nothing, "account.anna": account({ ...anna, key: "other" }) } },
    "a key of the owner's besides": {
      facts: { "account.anna": said(`${account(anna).stdout}key ssh-rsa AAAA anna\n`) },
    },
    "nobody needs a password, and none is made": {
      context: withMachine({
        login: ["key"],
        users: [{ name: "anna", sudo: "none", shell: "/bin/sh" }],
      }),
      facts: { made: said("anna\n"), passwords: nothing, "account.anna": account({ ...anna, digest: "" }) },
    },
    "no accounts, and none made": {
      context: withoutUsers,
      facts: { made: nothing },
    },
  },
  wrong: {
    "another shell, no sudo, no key": {
      facts: { "account.steve": account({ ...steve, shell: "/bin/sh", sudoers: "", key: "ssh-rsa AAAA" }) },
      differences: [
        "the shell of steve is /bin/sh, not /bin/bash",
        "steve does not become root as with sudo: password",
        "steve does not take the lab's key",
      ],
    },
    "sudo without a password where one is asked": {
      facts: { "account.steve": account({ ...steve, sudoers: "steve ALL=(ALL:ALL) NOPASSWD: ALL" }) },
      differences: ["steve does not become root as with sudo: password"],
    },
    "an account that becomes root and should not": {
      facts: { "account.anna": account({ ...anna, sudoers: "anna ALL=(ALL:ALL) ALL" }) },
      differences: ["anna does not become root as with sudo: none"],
    },
    "a password that somebody has changed": {
      facts: { "account.steve": account({ ...steve, digest: "" }) },
      differences: ["the password of steve is not the one made for the lab"],
    },
    "no password is known for the lab": {
      facts: { passwords: nothing },
      differences: [
        "the password of steve is not the one made for the lab",
        "the password of anna is not the one made for the lab",
      ],
    },
    "an account that somebody has created again": {
      facts: { "account.anna": account({ ...anna, uid: "1007 /home/anna" }) },
      differences: ["the account anna has another uid or home than labwright made it with"],
    },
    "an account of an earlier lab file": {
      facts: { made: said("anna\nben\nsteve\n") },
      differences: ["the lab file no longer has an account ben"],
    },
  },
  apply: {
    "a fresh machine": { facts: here },
    "an account of an earlier lab file": {
      context: withoutUsers,
      facts: { made: said("ben\n") },
      answers: [["userdel", "labwright-left 3 files of the account ben (uid 1003) in /srv\n"]],
    },
    "an account of that name that is somebody else's": {
      facts: here,
      answers: [["useradd", said("", 17)]],
      throws: /cp already has an account steve, which labwright did not create/,
    },
  },
  undo: { "a right machine": { answers: [["ls /etc/labwright/accounts", "anna\nsteve\n"]] } },
};
