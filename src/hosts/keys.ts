import ssh2 from "ssh2";

export interface KeyPair {
  /** OpenSSH private key text, without a passphrase. */
  privateKey: string;
  /** One line: `ssh-ed25519 AAAA… comment`, without a newline. */
  publicKey: string;
}

/**
 * Makes an ed25519 key pair, in about a millisecond. ssh2 1.17 writes a public key that begins with a zero byte,
 * one in 256, without that byte (parseDERs in its lib/keygen.js), and such a key is unreadable: the pair is generated again.
 */
export function generateKeyPair(comment: string): KeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync("ed25519", { comment });
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error))
      return { privateKey: pair.private, publicKey: pair.public };
  }
}

/** What a key file contains. Private keys must have no passphrase. */
export function readKey(text: string): { publicKey?: string; isPrivate: boolean; flaw?: string } {
  const [key] = [ssh2.utils.parseKey(text)].flat();
  if (key === undefined || key instanceof Error) {
    const locked = /encrypted/i.test(key?.message ?? "");
    return { isPrivate: false, flaw: locked ? "has a passphrase" : "is not a readable key" };
  }
  const publicKey = `${key.type} ${key.getPublicSSH().toString("base64")}`;
  return key.isPrivateKey()
    ? { publicKey, isPrivate: true }
    : { publicKey, isPrivate: false, flaw: "is a public key" };
}
