import { X509Certificate } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import { LabwrightError } from "../errors.ts";
import { runProgram } from "../local/program.ts";
import { textOf } from "../local/text-file.ts";

export interface Certificate {
  key: string;
  cert: string;
  /** SHA-256, as browsers show it. */
  fingerprint: string;
}

const days = 90;
/** One that ends during a course day is made again. */
const least = 24 * 60 * 60 * 1000;

/**
 * The certificate in a folder, with which the service shows that it is the same one; it is made with OpenSSL if there is none for all
 * these names. Throws `certificate-unmakeable`.
 */
export async function keepCertificate(
  folder: string,
  names: readonly string[],
  now: Date,
): Promise<Certificate> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const known = await readCertificate(folder);
  if (known && isGood(new X509Certificate(known.cert), names, now)) return known;
  await make(folder, names);
  const made = await readCertificate(folder);
  if (!made) throw unmakeable(new Error(`OpenSSL has left no certificate in ${folder}`));
  return made;
}

async function readCertificate(folder: string): Promise<Certificate | undefined> {
  const [key, cert] = await Promise.all([textOf(join(folder, "key.pem")), textOf(join(folder, "cert.pem"))]);
  if (key === undefined || cert === undefined) return undefined;
  return { key, cert, fingerprint: new X509Certificate(cert).fingerprint256 };
}

function isGood(certificate: X509Certificate, names: readonly string[], now: Date): boolean {
  const covers = (name: string) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name));
  return names.every(covers) && certificate.validToDate.getTime() - now.getTime() > least;
}

async function make(folder: string, names: readonly string[]): Promise<void> {
  const [key, cert] = [join(folder, "key.new.pem"), join(folder, "cert.new.pem")];
  const alternatives = names.map((name) => `${isIP(name) ? "IP" : "DNS"}:${name}`).join(",");
  try {
    await runProgram("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-batch"],
      ...["-days", String(days), "-subj", "/CN=labwright board", "-addext", `subjectAltName=${alternatives}`],
      ...["-addext", "extendedKeyUsage=serverAuth", "-keyout", key, "-out", cert],
    ]);
    await rename(key, join(folder, "key.pem"));
    await rename(cert, join(folder, "cert.pem"));
  } catch (error) {
    await Promise.all([key, cert].map((file) => rm(file, { force: true })));
    throw unmakeable(error);
  }
}

const unmakeable = (cause: unknown): LabwrightError =>
  new LabwrightError({
    code: "certificate-unmakeable",
    message: `could not make a certificate for the board: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: "Install OpenSSL 3, or leave out `--listen` to listen at 127.0.0.1 only.",
    cause,
  });
