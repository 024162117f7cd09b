import { lines, sh } from "../hosts/sh.ts";
import type { FoundItem, Recorder } from "./types.ts";

/** The kernel gives out ports from here on: ip(7), ip_local_port_range. */
const firstEphemeral = 32768;

const loopback = /^(127[.]|\[::1\])/;

/**
 * Ports that programs listen on, with their programs, of ss(8). Those that the kernel chose change with each start. Who
 * listens where nobody did is ended.
 */
export const socketRecorder: Recorder = {
  owns: (kind) => kind === "listening socket",
  probe: sh`
    ! command -v ss >/dev/null || ss -Hlntup
    echo
    grep -ls kubepods /proc/[0-9]*/cgroup | cut -d / -f 3; true`,
  read: (printed) => {
    const [sockets = "", pods = ""] = printed.split("\n\n");
    // Pods in a node's own network may run on another node tomorrow.
    const ofPods = new Set(pods.split("\n"));
    const found = sockets.split("\n").flatMap((line) => socketIn(line, ofPods));
    // Two programs may share a port.
    return [...Map.groupBy(found, ({ name }) => name).values()].map((same) => ({
      kind: "listening socket",
      name: same[0]?.name ?? "",
      value: [...new Set(same.map(({ value }) => value))].sort().join(" "),
    }));
  },
  remove: (items) =>
    lines(
      items.map(({ name }) => {
        const [protocol = "", local = ""] = name.split(" ");
        return sh`
          ss -Hlnp --${protocol} | awk -v local=${local} '$4 == local || $5 == local' | grep -o 'pid=[0-9]*' |
            cut -d = -f 2 | sort -u | xargs -r kill -KILL 2>/dev/null`;
      }),
    ),
};

function socketIn(line: string, ofPods: ReadonlySet<string>): FoundItem[] {
  const [protocol = "", , , , local = "", , users = ""] = line.trim().split(/\s+/);
  const port = Number(/:(\d+)$/.exec(local)?.[1]);
  if (!Number.isInteger(port)) return [];
  if (port >= firstEphemeral && (protocol === "udp" || loopback.test(local))) return [];
  const holders = [...users.matchAll(/\("([^"]+)",pid=(\d+)/g)];
  if (holders.length > 0 && holders.every(([, , pid = ""]) => ofPods.has(pid))) return [];
  const programs = holders.map(([, program]) => program ?? "");
  const value = [...new Set(programs)].sort().join(" ");
  return [{ kind: "listening socket", name: `${protocol} ${local}`, value }];
}
