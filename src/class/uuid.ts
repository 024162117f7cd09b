import { createHash } from "node:crypto";

/** Chosen at random, for names of labwright. */
const ownNamespace = "c72dc9c1-eea2-410e-bc54-82c7b700f323";

/** The UUID of version 5 that belongs to a name in a namespace (RFC 9562, 5.5). */
export function uuidOf(name: string, namespace = ownNamespace): string {
  const hash = createHash("sha1")
    .update(Buffer.from(namespace.replaceAll("-", ""), "hex"))
    .update(name)
    .digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}
