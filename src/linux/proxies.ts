import { createHash } from "node:crypto";
import type { CheckContext } from "../engine/step.ts";
import { type Command, lines, Secret, sh } from "../hosts/sh.ts";
import type { Host, Output } from "../hosts/types.ts";
import { withoutProxy } from "../http/proxies.ts";
import { subnetsOf } from "../lab/ip-families.ts";
import { machineProxies } from "../lab/proxies.ts";
import { backUp } from "./backup.ts";

/** Go reads every file of the folders in SSL_CERT_DIR, besides the system's own file of authorities: crypto/x509. */
const certificateFolder = "/etc/labwright/certificates";

/** The proxy variables of programs on a lab's machines: name → value. Values may hold passwords. */
export function proxyVariables({
  lab,
  addresses,
}: Pick<CheckContext, "lab" | "addresses">): [string, string][] {
  const { http, https, no } = machineProxies(lab);
  if (!http && !https) return [];
  const { podSubnet, serviceSubnet } = subnetsOf(lab.cluster.network);
  const machines = lab.machines.flatMap(({ name }) => [name, addresses.get(name)]);
  const exceptions = withoutProxy(no, ...podSubnet, ...serviceSubnet, lab.machineSubnet, ...machines).join(
    ",",
  );
  const variables: [string, string | undefined][] = [
    ["HTTP_PROXY", http?.reveal()],
    ["HTTPS_PROXY", https?.reveal()],
    ["NO_PROXY", exceptions],
  ];
  return variables.flatMap(([name, value]): [string, string][] => (value ? [[name, value]] : []));
}

/**
 * Sets the machine's own proxies: pam_env(8). Only the fetching of packages reads them, since our commands
 * have none of a machine's own variables.
 */
export const exportOwnProxies: Command = sh`
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    value=$(sed -n "s/^\(export  *\)\{0,1\}$name=//p" /etc/environment 2>/dev/null | tail -n 1 | tr -d "\"'")
    [ -z "$value" ] || export "$name=$value"
  done`;

/** Sets the variables, in both cases, for the commands that follow in the same shell. */
export const exportProxies = (context: Pick<CheckContext, "lab" | "addresses">): Command =>
  lines(
    proxyVariables(context).map(
      ([name, value]) => sh`export ${name}=${new Secret(value)} ${name.toLowerCase()}=${new Secret(value)}`,
    ),
  );

/**
 * For `docker build`, with `exportProxies` before it: values are taken from the environment, so that no process list shows
 * them, and no image's history either, because these arguments are predefined: docs.docker.com/reference/dockerfile.
 */
export const buildArguments = (context: Pick<CheckContext, "lab" | "addresses">): Command => {
  const names = proxyVariables(context).flatMap(([name]) => [name, name.toLowerCase()]);
  return sh`${names.flatMap((name) => ["--build-arg", name])}`;
};

/** In a unit's file a backslash and a quote are escaped, and % begins a specifier: systemd.syntax(7), systemd.unit(5). */
const unitWord = (text: string): string =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%")}"`;

interface UnitFile {
  path: string;
  mode: number;
  /** Undefined if there should be no such file. */
  text: string | undefined;
}

/** The files by which a service of systemd reaches the internet as this computer does. */
function filesFor(
  unit: string,
  context: Pick<CheckContext, "lab" | "addresses">,
): [dropIn: UnitFile, authorities: UnitFile] {
  const { certificates } = machineProxies(context.lab);
  const variables = proxyVariables(context);
  if (certificates !== undefined) variables.push(["SSL_CERT_DIR", `/etc/ssl/certs:${certificateFolder}`]);
  const settings = variables.map(([name, value]) => `Environment=${unitWord(`${name}=${value}`)}`);
  const dropIn = ["# Written by labwright.", "[Service]", ...settings, ""].join("\n");
  return [
    {
      path: `/etc/systemd/system/${unit}.service.d/labwright-proxy.conf`,
      mode: 0o600,
      text: variables.length > 0 ? dropIn : undefined,
    },
    { path: `${certificateFolder}/${unit}.pem`, mode: 0o644, text: certificates },
  ];
}

/** The service's proxies as one resource of a step: its probe, its check and its files. */
export function proxiesOf(unit: string, context: Pick<CheckContext, "lab" | "addresses">) {
  const files = filesFor(unit, context);
  const paths = files.map(({ path }) => path);
  return {
    /** Prints mode and hash of each existing file; never a password. */
    probe: sh`for file in ${paths}; do [ ! -e "$file" ] || { stat -c '%a %n' "$file"; sha256sum <"$file"; }; done`,

    differences({ stdout }: Output): string[] {
      const wanted = files.flatMap(({ path, mode, text }) =>
        text === undefined ? [] : [`${mode.toString(8)} ${path}\n${hashOf(text)}  -\n`],
      );
      if (stdout === wanted.join("")) return [];
      return [`${unit} has proxies or certificates that differ from this computer's`];
    },

    async apply(host: Host, owner: string): Promise<void> {
      for (const { path, mode, text } of files) {
        if (text === undefined) await host.run(sh`rm -f ${path}`);
        else {
          await host.run(backUp(owner, { files: [path] }));
          await host.write({ path, content: text, mode });
        }
      }
    },
  };
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");
