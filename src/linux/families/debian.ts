import { basename, dirname } from "node:path/posix";
import { fetchPackages } from "../../artifacts/debian-packages.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Family } from "./family.ts";

/** labwright's folder for apt's lists and files; the machine's own are not changed. */
const folder = "/var/lib/labwright/apt";

const apt = sh`DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a NEEDRESTART_SUSPEND=1 RES_OPTIONS='timeout:3 attempts:2' apt-get --quiet --quiet --yes \
  -o DPkg::Lock::Timeout=120 -o Acquire::Retries=1 -o Acquire::http::Timeout=10 -o Acquire::https::Timeout=10 \
  -o APT::Install-Recommends=false -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o Dir::Cache=${`${folder}/cache`}`;
const ownLists = sh`-o Dir::State::lists=${`${folder}/lists`}`;
const folders = sh`mkdir -p ${[`${folder}/lists/partial`, `${folder}/cache/archives/partial`]}`;

/** Prints each package's state and name, in dpkg-query(1)'s pattern. */
const everyPackage = "${db:Status-Status} ${binary:Package}\\n";

// Debian 13 has the client in its own package, which docker.io only recommends (Debian bug 1035338). A pattern of
// apt-patterns(7) that matches nothing is not an error.
const dockerEngine = ["docker.io", "iptables", "?exact-name(docker-cli)"];

/** Debian, Ubuntu, and distributions that use one of these names. */
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

  runtimeHelpers: { conmon: ["conmon"], docker: dockerEngine, dockerd: dockerEngine },

  dockerEngine,

  beforeInstall: (notes) => sh`
    [ -e ${`${notes}/residual`} ] || { dpkg-query --show --showformat ${everyPackage} | sed -n 's/^config-files //p' >${`${notes}/residual.new`} && mv ${`${notes}/residual.new`} ${`${notes}/residual`}; }`,

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

  // The machine's own lists are tried first, as they need no download; if they are old or absent, ours are fetched. A
  // source that does not answer, or a cdrom, fails the update; the other sources' lists are there all the same.
  install: (names, notes) => sh`
    ${folders}
    ${noteAutomatic(notes)}
    ${apt} ${logTo(notes)} install ${names} 2>/dev/null || { ${apt} ${ownLists} update; ${apt} ${ownLists} ${logTo(notes)} install ${names}; }
    code=$?
    ${settle(notes)}
    rm -rf ${folder}
    [ "$code" = 0 ]`,

  async download(host, names, activity) {
    const [arch, files] = [
      await host.run(sh`dpkg --print-architecture`),
      await host.run(
        sh`cd / && tar -cz --ignore-failed-read --dereference --hard-dereference --exclude '*.conf' \
        etc/apt usr/share/keyrings var/lib/dpkg/status 2>/dev/null | base64`,
        { accept: [0, 1] },
      ),
    ];
    return fetchPackages({ arch: arch.stdout.trim(), files: files.stdout, names, activity });
  },

  installFiles: (place, notes) => sh`
    ${folders}
    ${noteAutomatic(notes)}
    ${apt} ${ownLists} ${logTo(notes)} install ${place}/*.deb
    code=$?
    ${settle(notes)}
    rm -rf ${folder} ${place}
    [ "$code" = 0 ]`,

  // A partly unpacked package has to be removed before dpkg does anything else.
  repair: sh`
    export DEBIAN_FRONTEND=noninteractive
    dpkg --configure -a --force-confdef --force-confold
    dpkg-query --show --showformat ${"${db:Status-Eflag} ${binary:Package}\\n"} | sed -n 's/^reinstreq //p' |
      xargs -r dpkg --remove --force-remove-reinstreq
    rm -rf ${folder} ${`${folder}/../packages`}
    dpkg --audit >/dev/null`,

  toRemove: (notes) => sh`
    there=$({ ${broughtBy(notes)}
    })
    # Ours are marked as automatic when they have come, so that a mark of today is somebody's wish.
    manual=$([ ! -e ${`${notes}/settled`} ] || apt-mark showmanual | grep -xF -f ${`${notes}/settled`})
    for one in $there; do
      if printf '%s\n' "$manual" | grep -qxF -e "$one"; then
        echo "labwright-left package $one: somebody has asked for it since"
        there=$(printf '%s\n' $there | grep -vxF -e "$one")
      fi
    done
    # apt names no architecture where it is the machine's own.
    going() { apt-get --simulate --quiet --quiet purge "$@" | awk '$1 == "Purg" || $1 == "Remv" { print $2 }'; }
    while [ -n "$there" ] && [ -n "$(going $there | grep -vxF -e "$(printf '%s\n' $there | sed 's/:.*//')")" ]; do
      was=$there
      for one in $there; do
        for other in $(going "$one" | grep -vxF -e "$(printf '%s\n' $there | sed 's/:.*//')"); do
          echo "labwright-left package $one: $other needs it"
          there=$(printf '%s\n' $there | grep -vxF -e "$one")
        done
      done
      [ "$was" != "$there" ] || { printf '%s\n' $there | sed 's/.*/labwright-left package &: others need it/'; there=; }
    done
    for one in $there; do echo "remove $one"; done`,

  remove: (names, notes) => sh`
    ${folders}
    ${apt} ${dpkgLog("/dev/null")} remove ${names} || exit 1
    printf '%s\n' ${names} | grep -vxF -f ${`${notes}/residual`} | DEBIAN_FRONTEND=noninteractive xargs -r dpkg --log=/dev/null --purge || exit 1
    rm -rf ${folder}`,

  listPackages: sh`
    ! command -v dpkg-query >/dev/null || dpkg-query --show --showformat ${"${db:Status-Status} ${binary:Package} ${Version}\\n"} | sed -n 's/^installed //p'`,

  purgePackages: (names) => sh`
    ! command -v dpkg-query >/dev/null || {
      ${folders}
      ${apt} ${dpkgLog("/dev/null")} purge ${names}
      rm -rf ${folder}
    }`,

  afterRemoval: (notes) => sh`rm -f ${protection(notes)}`,
};

const dpkgLog = (file: string): Command => sh`-o Dpkg::Options::=${`--log=${file}`}`;

/** dpkg notes each package before it unpacks it, and only for our own call. */
const logTo = (notes: string): Command => sh`--no-remove ${dpkgLog(`${notes}/dpkg.log`)}`;

/** Names of packages that our own calls installed and that still exist. */
const broughtBy = (notes: string): Command => sh`
  awk '$3 == "install" && $5 == "<none>" { print $4 }' ${`${notes}/dpkg.log`} 2>/dev/null | sed -e 's/:all$//' -e "s/:$(dpkg --print-architecture)$//" | sort -u |
    while read -r one; do
      case "$(dpkg-query --show --showformat ${"${db:Status-Status}"} "$one" 2>/dev/null)" in
        ""|not-installed|config-files) ;;
        *) echo "$one" ;;
      esac
    done`;

/** Keeps `apt autoremove` from removing what the lab needs. */
const protection = (notes: string): string => `/etc/apt/apt.conf.d/90labwright-${basename(notes)}`;

/**
 * Records which of our packages are automatic, whichever step installed them: apt marks a package as manual if it is installed
 * once more.
 */
const noteAutomatic = (notes: string): Command => sh`
  ours=$(find ${dirname(notes)} -mindepth 2 -maxdepth 2 -name settled -exec cat {} + 2>/dev/null)
  automatic=$([ -z "$ours" ] || apt-mark showauto | grep -xF -e "$ours")`;

/** Marks new packages as automatic: one that is marked as manual later was asked for by somebody. */
const settle = (notes: string): Command => sh`
  brought=$({ ${broughtBy(notes)}
  })
  if [ -n "$brought" ]; then
    touch ${`${notes}/settled`}
    {
      echo '// Written by labwright: the lab needs these packages.'
      printf '%s\n' $brought | tr + . | sed 's/.*/APT::NeverAutoRemove:: "^&$";/'
    } >${protection(notes)}
    for one in $(printf '%s\n' $brought | grep -vxF -f ${`${notes}/settled`}); do
      apt-mark auto "$one" >/dev/null && echo "$one" >>${`${notes}/settled`}
    done
  fi
  [ -z "$automatic" ] || apt-mark auto $automatic >/dev/null`;
