import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import type { PlainMachine, PlainSite } from "./plain-machine.ts";

/** What differs between any two moments of a machine, whoever works on it; docs/providers.md names what else we leave. */
const volatile = [
  ...["/var/lib/apt/", "/var/lib/systemd/", "/var/lib/dpkg/.*-old$", "/var/lib/dpkg/(status|available|lock)"],
  // ucf(1) keeps earlier copies of the list of files that packages have asked it about.
  "/var/lib/ucf/hashfile",
  // The linker's cache is rewritten whenever a package comes or goes; its order is not always the same.
  ...["/etc/ld.so.cache$", "/var/lib/dpkg/triggers/"],
  // An empty folder that docs/ssh.md names.
  "/usr/lib/modules $",
  // A runtime of the owner's writes its own database whenever it is started.
  ...["/var/lib/containerd/.*/meta.db$"],
].join("|");

/** Everything that a person could find changed on a machine, by its kind; each a sorted text. */
export async function hostState(site: PlainSite, machine: PlainMachine): Promise<Record<string, string>> {
  const inside = (script: string) => machine.inside(script);
  const pid = await site.engine.docker.run(sh`inspect --format {{.State.Pid}} ${machine.container}`);
  // Tables without a rule in them are left out, and the rules by which the engine answers for names: each start has other ports. The machine itself need not have iptables: this computer's looks into its network namespace.
  const rules = async (kind: string) =>
    (
      await localHost().run(
        sh`nsenter --target ${pid} --net ${kind} 2>/dev/null | sed 's/ *\[[0-9:]*\]//' | grep -vE '^(#|[*]|COMMIT|:[A-Z]+ ACCEPT$)|127.0.0.11'; true`,
      )
    ).stdout;
  return {
    packages: await inside(
      "dpkg-query --show --showformat '${Status} ${binary:Package} ${Version}\\n' | sort",
    ),
    holds: await inside("apt-mark showauto | sort"),
    units: await inside("systemctl list-unit-files --no-legend --no-pager | sort"),
    services: await inside(
      "systemctl list-units --type=service --state=active,failed --no-legend --no-pager --plain | awk '{ print $1, $3 }' | sort",
    ),
    users: await inside("getent passwd; getent group; cat /etc/shadow"),
    routes: await inside("ip -4 route; ip -6 route | grep -v fe80; ip rule"),
    links: await inside("ip -o address | awk '{ print $2, $3, $4 }' | sort"),
    mounts: await inside("awk '{ print $2, $3 }' /proc/mounts | sort"),
    firewall: (await rules("iptables-legacy-save")) + (await rules("iptables-nft-save")),
    kernel: await inside("cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/all/route_localnet"),
    processes: await inside(
      "ps -eo comm= | grep -vE '^(ps|sh|sort|uniq|grep|sshd|sudo|[(]sd-pam[)]|systemd)$' | sort -u",
    ),
    files: await inside(
      `find /etc /usr /opt /var/lib /var/log /root /home /srv /boot -xdev \\( -type f -o -type d -o -type l \\) -printf '%y %m %U:%G %p %l\\n' | grep -vE ' (${volatile})' | grep -vE '^f [^ ]+ [^ ]+ /var/log/' | sort -k 4`,
    ),
    content: await inside(
      `find /etc /usr /opt /var/lib /root /home /srv -xdev -type f -print0 | grep -zvE '${volatile}' | sort -z | xargs -0 sha256sum`,
    ),
  };
}

/** The lines that one state has and the other has not, as `kind: - line` and `kind: + line`. */
export function stateChanges(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.entries(before).flatMap(([kind, text]) => {
    const was = new Set(text.split("\n"));
    const is = new Set((after[kind] ?? "").split("\n"));
    return [
      ...[...was].filter((line) => !is.has(line)).map((line) => `${kind}: - ${line}`),
      ...[...is].filter((line) => !was.has(line)).map((line) => `${kind}: + ${line}`),
    ];
  });
}
