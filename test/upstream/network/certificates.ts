import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Certificates {
  /** A file with the authority's certificate: what NODE_EXTRA_CA_CERTS and SSL_CERT_FILE name. */
  authority: string;
  key: Buffer;
  cert: Buffer;
}

/** A certificate authority as a company's inspecting firewall has one, and its certificate for the given hosts. */
export async function makeCertificates(folder: string, hosts: readonly string[]): Promise<Certificates> {
  const at = (name: string) => join(folder, name);
  const openssl = (...words: string[]) => run("openssl", words, { cwd: folder });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const signing = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  const subject = ["-subj", "/O=Example Inc./CN=Example Inspecting Firewall"];
  await openssl(
    "req",
    "-x509",
    ...newKey,
    "-keyout",
    "ca.key",
    "-out",
    "ca.crt",
    "-days",
    "2",
    ...subject,
    ...signing,
  );
  await openssl("req", ...newKey, "-keyout", "host.key", "-out", "host.csr", "-subj", `/CN=${hosts[0]}`);
  await writeFile(at("extensions"), `subjectAltName=${hosts.map((host) => `DNS:${host}`).join()}\n`);
  const issuer = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "extensions"];
  await openssl("x509", "-req", "-in", "host.csr", "-out", "host.crt", "-days", "2", ...issuer);
  return {
    authority: at("ca.crt"),
    key: await readFile(at("host.key")),
    cert: await readFile(at("host.crt")),
  };
}
