import { LabwrightError } from "../../errors.ts";

/** What a repository's `InRelease` is verified with. */
export interface SigningKeys {
  /** The repository's own key, armored. */
  armored: string;
  /** The fingerprints that are trusted, 40 hexadecimal digits each. */
  trusted: readonly string[];
}

/**
 * The SHA-256 of each index that a signed `InRelease` lists, by the index's path. Throws `repository-untrusted` unless
 * it is signed by one of the trusted keys. https://wiki.debian.org/DebianRepository/Format
 */
export async function signedIndexes(
  text: string,
  url: string,
  { armored, trusted }: SigningKeys,
): Promise<Map<string, string>> {
  const { readCleartextMessage, readKeys, verify } = await import("openpgp");
  try {
    const keys = await readKeys({ armoredKeys: armored });
    const known = keys.filter((key) => trusted.includes(key.getFingerprint().toUpperCase()));
    if (known.length === 0)
      throw new Error(`its key is ${keys.map((key) => key.getFingerprint().toUpperCase()).join(", ")}`);
    const message = await readCleartextMessage({ cleartextMessage: text });
    await verify({ message, verificationKeys: known, expectSigned: true });
    return indexesIn(message.getText());
  } catch (cause) {
    throw new LabwrightError({
      code: "repository-untrusted",
      message: `${url} is not signed by a key that labwright trusts: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy:
        "Use another mirror; if yours signs with its own key, add the fingerprint to `mirrors.keys` in the lab file.",
      cause,
    });
  }
}

/** The paths below `SHA256:` and their checksums. */
export function indexesIn(release: string): Map<string, string> {
  const section = /^SHA256:\s*\n((?: .*\n?)+)/m.exec(release)?.[1] ?? "";
  return new Map(
    [...section.matchAll(/^ ([0-9a-f]{64})\s+\d+\s+(\S+)$/gm)].map(([, sha256 = "", path = ""]) => [
      path,
      sha256,
    ]),
  );
}
