import ssh2 from "ssh2";

export interface KeyPair {
  /** OpenSSH private key text, without a passphrase. */
  privateKey: string;
  /** One line: `ssh-ed25519 AAAA… comment`, without a newline. */
  publicKey: string;
}

/** Makes an ed25519 key pair, in about a millisecond. */
export function generateKeyPair(comment: string): KeyPair {
  const pair = ssh2.utils.generateKeyPairSync("ed25519", { comment });
  return { privateKey: pair.private, publicKey: pair.public };
}
