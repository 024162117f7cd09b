import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

const release = said(
  'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n',
);
const names = [
  ...["conntrack", "curl", "ethtool", "ip", "ipset", "iptables", "modprobe", "mount", "nsenter", "runc"],
  ...["socat", "sysctl", "/etc/ssl/certs/ca-certificates.crt"],
];
const present = (without: readonly string[] = []) =>
  said(names.flatMap((name) => (without.includes(name) ? [] : `${name}\n`)).join(""));

export const cases: StepCases = {
  fresh: {
    facts: { release, present: said("ip\nmodprobe\nmount\nnsenter\nsysctl\n") },
    differences: [
      "conntrack is missing",
      "curl is missing",
      "ethtool is missing",
      "ipset is missing",
      "iptables is missing",
      "runc is missing",
      "socat is missing",
      "/etc/ssl/certs/ca-certificates.crt is missing",
    ],
  },
  right: { release, present: present() },
  alsoRight: {
    Ubuntu: { facts: { release: said('ID=ubuntu\nID_LIKE=debian\nPRETTY_NAME="Ubuntu 24.04.2 LTS"\n') } },
  },
  wrong: {
    "one program is missing": {
      facts: { present: present(["socat"]) },
      differences: ["socat is missing"],
    },
    "an unsupported system": {
      facts: { release: said('ID=alpine\nPRETTY_NAME="Alpine Linux v3.20"\n') },
      differences: ["cp runs Alpine Linux v3.20, which is not supported"],
    },
  },
  apply: {
    "a machine without two of the packages": {
      on: "a right machine",
      facts: { present: present(["ip", "/etc/ssl/certs/ca-certificates.crt"]) },
    },
    "an unsupported system": {
      facts: { release: said("ID=alpine\n") },
      throws: /cp runs alpine, on which labwright cannot install packages/,
    },
  },
  undo: {
    "a machine without notes": {},
    "a machine with packages of ours": {
      answers: [
        ["cat /etc/os-release", release],
        ["apt-get --simulate", "remove socat\nlabwright-left package ipset: needs needs it\n"],
      ],
    },
  },
};
