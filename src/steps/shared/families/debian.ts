import { fetchPackages } from "../../../artifacts/debian-packages.ts";
import { sh } from "../../../hosts/sh.ts";
import type { Family } from "../family.ts";

/** A folder of our own for apt's lists and files, so that the machine's own stay as they are. */
const folder = "/var/lib/labwright/apt";

const apt = sh`DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a NEEDRESTART_SUSPEND=1 RES_OPTIONS='timeout:3 attempts:2' apt-get --quiet --quiet --yes \
  -o DPkg::Lock::Timeout=120 -o Acquire::Retries=1 -o Acquire::http::Timeout=10 -o Acquire::https::Timeout=10 \
  -o APT::Install-Recommends=false -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o Dir::Cache=${`${folder}/cache`}`;
const ownLists = sh`-o Dir::State::lists=${`${folder}/lists`}`;
const folders = sh`mkdir -p ${[`${folder}/lists/partial`, `${folder}/cache/archives/partial`]}`;

/** Prints each package's state and name, as dpkg-query(1) fills the pattern. */
const everyPackage = "${db:Status-Status} ${binary:Package}\\n";

/** Debian, Ubuntu, and what calls itself by one of these names. */
export const debian: Family = {
  ids: ["debian", "ubuntu"],

  packages: {
    conntrack: "conntrack",
    curl: "curl",
    ethtool: "ethtool",
    ip: "iproute2",
    ipset: "ipset",
    iptables: "iptables",
    modprobe: "kmod",
    mount: "mount",
    nsenter: "util-linux",
    runc: "runc",
    socat: "socat",
    sysctl: "procps",
    "/etc/ssl/certs/ca-certificates.crt": "ca-certificates",
  },

  // Debian 13 has the client in a package of its own, which docker.io only recommends (Debian bug 1035338). A pattern of
  // apt-patterns(7) that matches nothing is no error.
  dockerEngine: ["docker.io", "iptables", "?exact-name(docker-cli)"],

  installed: sh`dpkg-query --show --showformat ${everyPackage} | sed -n 's/^installed //p' | LC_ALL=C sort`,

  trust(certificates) {
    if (certificates === undefined) return sh``;
    const [file, settings] = [`${folder}/authorities.pem`, `${folder}/apt.conf`];
    return sh`
    ${folders}
    { cat /etc/ssl/certs/ca-certificates.crt 2>/dev/null; printf %s ${certificates}; } >${file}
    printf 'Acquire::https::CAInfo "%s";\n' ${file} >${settings}
    export APT_CONFIG=${settings}`;
  },

  arriving: sh`du -s ${folder}`,

  // The machine's own lists are tried first, as they need no fetching; where they are old or absent, ours are made. A
  // source that does not answer, or a cdrom, fails the update; the lists of the others are there all the same.
  install: (names) => sh`
    ${folders}
    ${apt} install ${names} 2>/dev/null || { ${apt} ${ownLists} update; ${apt} ${ownLists} install ${names}; }
    code=$?
    rm -rf ${folder}
    [ "$code" = 0 ]`,

  async download(host, names, activity) {
    const [arch, files] = [
      await host.run(sh`dpkg --print-architecture`),
      await host.run(
        sh`cd / && tar -cz --ignore-failed-read --dereference --exclude '*.conf' \
        etc/apt usr/share/keyrings var/lib/dpkg/status 2>/dev/null | base64`,
        { accept: [0, 1] },
      ),
    ];
    return fetchPackages({ arch: arch.stdout.trim(), files: files.stdout, names, activity });
  },

  installFiles: (place) => sh`
    ${folders}
    ${apt} ${ownLists} install ${place}/*.deb
    code=$?
    rm -rf ${folder} ${place}
    [ "$code" = 0 ]`,

  remove: (names, first) => sh`
    # apt names no architecture where it is the machine's own.
    ours=$(printf '%s\n' ${names} | sed 's/:.*//')
    others=$(apt-get --simulate --quiet --quiet purge ${names} | awk '$1 == "Purg" || $1 == "Remv" { print $2 }' | grep -vxF -- "$ours")
    if [ -n "$others" ]; then
      printf '%s\n' "$others"
    else
      { ${first}
      } >&2
      ${folders}
      ${apt} purge ${names} >&2
      code=$?
      rm -rf ${folder}
      [ "$code" = 0 ]
    fi`,
};
