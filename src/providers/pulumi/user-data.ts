import type { KeyPair } from "../../hosts/keys.ts";
import type { Machine } from "../../lab/types.ts";
import { hostNameOf } from "../machine/host-name.ts";

export interface UserDataSpec {
  machine: Machine;
  /** The machine's host key, from its very first connection on. */
  hostKey: KeyPair;
  /** The lab's public key. */
  authorizedKey: string;
}

/** sshd's settings besides its distribution's. Every command of labwright is a session of one connection. */
const sshdSettings = [
  "PasswordAuthentication no",
  "PermitRootLogin prohibit-password",
  "MaxSessions 100",
  "",
];

/**
 * cloud-init's configuration of one machine: root, with the lab's key. The login user and the passwords come later, over
 * SSH: user data can be read by every user of the machine, and is in the state. JSON, which is YAML too.
 * https://cloudinit.readthedocs.io/en/latest/reference/modules.html
 */
export function userData({ machine, hostKey, authorizedKey }: UserDataSpec): string {
  const config = {
    hostname: hostNameOf(machine.name),
    preserve_hostname: false,
    manage_etc_hosts: "localhost",
    // If it is true, as in Debian's images for AWS, root is told to log in as the image's own user.
    disable_root: false,
    ssh_pwauth: false,
    users: [{ name: "root", ssh_authorized_keys: [authorizedKey], lock_passwd: true }],
    ssh_deletekeys: true,
    ssh_genkeytypes: ["ed25519"],
    ssh_keys: {
      ed25519_private: hostKey.privateKey,
      ed25519_public: `${hostKey.publicKey}\n`,
    },
    write_files: [
      {
        // sshd uses the first value: the lab file's, in the step ssh-login's 10-labwright.conf, comes before this.
        path: "/etc/ssh/sshd_config.d/90-labwright-machine.conf",
        permissions: "0644",
        content: sshdSettings.join("\n"),
      },
    ],
    locale: false,
    package_update: false,
    package_upgrade: false,
  };
  return `#cloud-config\n${JSON.stringify(config, undefined, 2)}\n`;
}
