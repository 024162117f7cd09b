import { ofNetworks } from "../components/network/networks.ts";
import { lines, sh } from "../hosts/sh.ts";
import type { FoundItem, Kept, Recorder } from "./types.ts";

/** Links that pods, a pod network, kube-proxy or a Docker engine have, which come and go with what runs there. */
const followsOthers = new RegExp(
  `^(${["veth", "docker0$", "br-[0-9a-f]{12}$", "kube-", "cni0$", ...ofNetworks(({ kernel }) => kernel.links)].join("|")})`,
);

/** How a link, an address or a route is removed, and how it is added. */
type Way = (item: Pick<Kept, "name" | "value">) => { removed: string[]; added: string[] };

const ways: Record<string, Way> = {
  "network link": ({ name, value }) => ({
    removed: ["link", "delete", name],
    added: ["link", "set", name, ...value.split(" ")],
  }),
  "network address": ({ name }) => {
    const [link = "", address = ""] = name.split(" ");
    return {
      removed: ["address", "delete", address, "dev", link],
      added: ["address", "add", address, "dev", link],
    };
  },
  "network route": ({ name }) => {
    const [family = "", ...route] = name.split(" ");
    return { removed: [family, "route", "delete", ...route], added: [family, "route", "replace", ...route] };
  },
};

/** Network links with their state and MTU, their addresses, and routes, of ip(8), but for those that follow pods. */
export const linkRecorder: Recorder = {
  owns: (kind) => kind in ways,
  probe: sh`
    command -v ip >/dev/null || exit 0
    ip -o link show | sed 's/^/link /'
    ip -o address show | sed 's/^/address /'
    ip -4 route show table all | sed 's/^/route -4 /'
    ip -6 route show table all | sed 's/^/route -6 /'`,
  read: (printed) =>
    printed.split("\n").flatMap((line) => {
      const [what = "", ...words] = line.trim().split(/\s+/);
      return readers[what]?.(words) ?? [];
    }),
  // Addresses and routes may go with their link.
  remove: (items) =>
    lines(items.map((item) => sh`ip ${ways[item.kind]?.({ ...item, value: "" }).removed ?? []} 2>/dev/null`)),
  putBack: (items) => lines(items.map((item) => sh`ip ${ways[item.kind]?.(item).added ?? []}`)),
};

const readers: Record<string, (words: readonly string[]) => FoundItem[]> = {
  link: ([, name = "", flags = "", ...more]) => {
    const link = name.replace(/(@.*)?:$/, "");
    const state = /[<,]UP[,>]/.test(flags) ? "up" : "down";
    return followsOthers.test(link)
      ? []
      : [{ kind: "network link", name: link, value: `${state} mtu ${more[more.indexOf("mtu") + 1]}` }];
  },
  address: ([, link = "", family = "", address = ""]) => {
    const isOwn = family === "inet6" && address.startsWith("fe80:");
    return followsOthers.test(link) || isOwn
      ? []
      : [{ kind: "network address", name: `${link} ${address}`, value: family }];
  },
  route: (words) => {
    const text = words.join(" ");
    const link = words[words.indexOf("dev") + 1] ?? "";
    // The kernel's own follow the addresses; those of BIRD and Felix, protocols 12 and 80, follow the pods.
    const isOwn =
      /\b(proto (kernel|bird|12|80)|table local|^-[46] (local|broadcast|multicast|anycast))\b/.test(text);
    return isOwn || followsOthers.test(link)
      ? []
      : [
          {
            kind: "network route",
            name: text.replace(/ (linkdown|onlink|expires \S+)/g, ""),
            value: "there",
          },
        ];
  },
};
