import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said, withMachine } from "../../support/steps.ts";

const file = "PasswordAuthentication yes\nPermitRootLogin prohibit-password\n";

/** Lines of `sshd -T` on Debian 12, which writes keywords in lower case. */
const effective = (root: string, passwords: string) =>
  said(`port 22\npermitrootlogin ${root}\npubkeyauthentication yes\npasswordauthentication ${passwords}\n`);

const asked = withMachine({ login: ["key", "password"], rootLogin: "key" });

export const cases: StepCases = {
  context: asked,
  fresh: {
    differences: ["/etc/ssh/sshd_config.d/10-labwright.conf differs from what the lab file asks for"],
  },
  right: { file: said(file), effective: effective("without-password", "yes") },
  alsoRight: {
    "the lab file asks nothing": {
      context: bare,
      facts: { file: nothing, effective: said("") },
    },
    "people log in with keys alone, and root not at all": {
      context: withMachine({ login: ["key"], rootLogin: "none" }),
      facts: {
        file: said("PasswordAuthentication no\nPermitRootLogin no\n"),
        effective: effective("no", "no"),
      },
    },
    "root logs in with a password, and nothing is asked of others": {
      context: (context) => withMachine({ rootLogin: "password" })(bare(context)),
      facts: { file: said("PermitRootLogin yes\n"), effective: effective("yes", "no") },
    },
  },
  wrong: {
    "a file of an earlier lab file": {
      context: bare,
      differences: ["/etc/ssh/sshd_config.d/10-labwright.conf is there, and nothing asks for it"],
    },
    "a file with another value": {
      facts: { file: said("PasswordAuthentication no\nPermitRootLogin prohibit-password\n") },
      differences: ["/etc/ssh/sshd_config.d/10-labwright.conf differs from what the lab file asks for"],
    },
    "a line above ours that sshd goes by for all people": {
      facts: { effective: effective("without-password", "no") },
      differences: [
        "sshd does not go by PasswordAuthentication yes in /etc/ssh/sshd_config.d/10-labwright.conf",
      ],
    },
    "an sshd that does not say what it goes by": {
      facts: { effective: nothing },
      differences: [
        "sshd does not go by PasswordAuthentication yes in /etc/ssh/sshd_config.d/10-labwright.conf",
        "sshd does not go by PermitRootLogin prohibit-password in /etc/ssh/sshd_config.d/10-labwright.conf",
      ],
    },
    "a value that only begins like ours": {
      context: withMachine({ login: ["key"], rootLogin: "none" }),
      facts: {
        file: said("PasswordAuthentication no\nPermitRootLogin no\n"),
        effective: effective("no-such-value", "no"),
      },
      differences: ["sshd does not go by PermitRootLogin no in /etc/ssh/sshd_config.d/10-labwright.conf"],
    },
    "a line above ours that sshd goes by": {
      facts: { effective: effective("yes", "yes") },
      differences: [
        "sshd does not go by PermitRootLogin prohibit-password in /etc/ssh/sshd_config.d/10-labwright.conf",
      ],
    },
  },
  apply: {
    "a fresh machine": {},
    "nothing is asked any more": { context: bare },
    "keys alone, and root not at all": {
      context: withMachine({ login: ["key"], rootLogin: "none" }),
    },
  },
  undo: { "a right machine": {} },
};

function bare(context: Parameters<typeof asked>[0]): typeof context {
  const { name, role, user, sudo } = context.machine;
  return { ...context, machine: { name, role, user, sudo } };
}
