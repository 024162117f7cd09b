import { createCleartextMessage, createMessage, generateKey, readKey, readPrivateKey, sign } from "openpgp";
import { digest, type Files, paragraphOf } from "./deb.ts";

/** A repository's key, made by a test. `armored` is the public part, as upstream publishes it. */
export interface SigningKey {
  armored: string;
  secret: string;
  /** Of the primary key, in capitals. */
  fingerprint: string;
}

/** RSA, as both projects' keys are, with a subkey that signs, as Docker's has: FACTS.md, K6 and D5. */
export async function makeSigningKey(name: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKey({
    type: "rsa",
    rsaBits: 2048,
    userIDs: [{ name, email: "test@example.org" }],
    subkeys: [{ sign: true }],
    format: "armored",
  });
  const fingerprint = (await readKey({ armoredKey: publicKey })).getFingerprint().toUpperCase();
  return { armored: publicKey, secret: privateKey, fingerprint };
}

/** `Release` over the given files, and `InRelease` and `Release.gpg` where there is a key. Paths are relative to `Release`. */
export async function releaseFiles(
  fields: Record<string, string>,
  files: Files,
  key: SigningKey | undefined,
): Promise<Files> {
  const sums = (algorithm: "md5" | "sha1" | "sha256") =>
    [...files].map(([path, bytes]) => `\n ${digest(algorithm, bytes)} ${bytes.length} ${path}`).join("");
  const text = paragraphOf({ ...fields, MD5Sum: sums("md5"), SHA1: sums("sha1"), SHA256: sums("sha256") });
  const made: Files = new Map([["Release", Buffer.from(text)]]);
  if (!key) return made;
  const signingKeys = await readPrivateKey({ armoredKey: key.secret });
  const clear = await createCleartextMessage({ text });
  made.set("InRelease", Buffer.from(await sign({ message: clear, signingKeys })));
  const message = await createMessage({ binary: Buffer.from(text) });
  made.set("Release.gpg", Buffer.from(await sign({ message, signingKeys, detached: true })));
  return made;
}
