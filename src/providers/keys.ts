import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { generateKeyPair, type KeyPair } from "../hosts/keys.ts";
import { writeWhole } from "../local/text-file.ts";
import { labFolder } from "../paths.ts";

/** The lab's own key pair, in its folder (0700, key 0600); undefined if there is none. Creates none. */
export async function keptKey(lab: string): Promise<KeyPair | undefined> {
  const file = join(labFolder(lab), "id_ed25519");
  const known = await Promise.all([readFile(file, "utf8"), readFile(`${file}.pub`, "utf8")]).catch(
    () => undefined,
  );
  return known && { privateKey: known[0], publicKey: known[1].trim() };
}

/** The lab's own key pair, which is created if there is none. The caller holds the lab's lock. */
export async function labKey(lab: string): Promise<KeyPair> {
  const known = await keptKey(lab);
  if (known) return known;
  const folder = labFolder(lab);
  const file = join(folder, "id_ed25519");
  const made = generateKeyPair(`labwright-${lab}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The public key first, so that a private key always has its partner.
  await writeWhole(`${file}.pub`, `${made.publicKey}\n`, 0o644);
  await writeWhole(file, made.privateKey);
  return made;
}
