/**
 * The programs that Calico's own image calico/node keeps: its build deletes every other one from these folders.
 * Source: github.com/projectcalico/calico, node/clean-up-filesystem.sh, `bin_dirs` and `bin_allow_list_patterns`.
 * Read at v3.31.0, v3.31.7, v3.32.1 and release-v3.33 (2026-11-29). The list is the same in all of them but for `wait`,
 * which was not anchored before v3.32.
 */
export const keptIn = ["/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin"];

/** Patterns of grep, matched anywhere in a program's path. None of them uses what JavaScript reads otherwise. */
const kept = `
  calico bird versions
  runit runsv sv utmpset
  /arp$ /conntrack$ /ip$ bpftool
  xtables iptables ip6tables ipset
  nftables nft
  kmod depmod insmod modinfo modprobe rmmod lsmod
  \\[ alias basename coreutils /bash$ /sh$ /cat$ /cd$ /cp$ /ln$ /date$ /ls$ echo /env$ false true getopt /hostname$
  /gzip$ /grep$ /nice$ join /kill$ mkdir mknod more less printf /read$ readlink /rm$ /sed$ sleep sort /stat$ tail /tc$
  touch /tee$ timeout /test$ ulimit uniq /wait$ which whoami yes zcat zless zmore
  mountns
  /find$ /ldd$ /ldconfig$
`;

const keptPatterns: readonly string[] = kept.trim().split(/\s+/);

/** Whether calico/node has this program: a path, or a name that is looked for in PATH. */
export function isInCalicoNode(program: string): boolean {
  const paths = program.startsWith("/")
    ? [program.replace(/^\/bin\//, "/usr/bin/")]
    : keptIn.map((folder) => `${folder}/${program}`);
  return paths.some(
    (path) =>
      keptIn.some((folder) => path.startsWith(`${folder}/`)) &&
      keptPatterns.some((pattern) => new RegExp(pattern).test(path)),
  );
}
