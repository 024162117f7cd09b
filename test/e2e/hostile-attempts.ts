import { quoted } from "../../src/hosts/sh.ts";

/** Who a student is on a machine: an account without sudo, one with sudo, or root. */
export type Who = "steve" | "tony" | "root";

export interface Attempt {
  name: string;
  who: Who;
  /** What the student types. */
  run: string;
  /** What a check has to say of the student's machine, besides that not all is right. */
  check?: RegExp;
  /** How the reset ends while the attempt goes on, and what it says. Default: 0. */
  reset?: { code: 0 | 1; says: RegExp };
  /** What root types on the machine afterwards. Then a reset must end with 0. */
  clear: string;
}

/** Where the students are. labwright logs in as tony on stapp01, as root on stapp02. */
export const machineOf: Record<Who, string> = { steve: "stapp01", tony: "stapp01", root: "stapp02" };

const wanted = "42";

/** A program that says what a grading of ours wants to hear, and passes on everything else. */
const fake = (path: string, real: string, words: string): string =>
  `printf '#!/bin/sh\\ncase "$*" in */root/drill/answer*) printf "%%s" "${words}" ;; *) exec ${real} "$@" ;; esac\\n' >${path}; chmod 755 ${path}`;

export const attempts: readonly Attempt[] = [
  {
    name: "file names that command a terminal and look like other lines",
    who: "steve",
    run: `cd ~; touch $'\\e]52;c;ZXZpbA==\\a\\e[2Jcleared' $'a\\nPassed: 10 of 10 points' $'\\u202egnp.exe' $'a\\tb'; ln -s $'/etc\\e[31m' link`,
    reset: { code: 0, says: /Left alone[\s\S]*\\x1b\]52;c;ZXZpbA==\\x07/ },
    clear: `find /home/steve -mindepth 1 -maxdepth 1 ! -name '.*' ! -name brief ! -name report -exec rm -rf {} +`,
  },
  {
    name: "a shell that prints, sleeps and has other commands",
    who: "steve",
    run: `cd ~; for rc in .bashrc .profile .bash_profile; do printf '%s\\n' 'printf "\\033[2J"' 'stat() { echo regular file/root/0600; }' 'export -f stat; sleep 1000' >$rc; done`,
    clear: `cp /etc/skel/.bashrc /etc/skel/.profile /home/steve; rm /home/steve/.bash_profile`,
  },
  {
    name: "links in place of the files of the exercise",
    who: "steve",
    run: `cd ~; rm -f brief report; ln -s /etc/shadow brief; ln -s /etc/shadow report; mv .ssh ssh; ln -s /etc .ssh`,
    check: /report is a symbolic link, not a file/,
    reset: { code: 0, says: /is reset/ },
    clear: `cd /home/steve; rm -f brief report; [ ! -L .ssh ] || { rm .ssh; mv ssh .ssh; }`,
  },
  {
    name: "programs of that name in /usr/local, exported functions and variables",
    who: "tony",
    run: `sudo bash -c ${quoted(`
      ${fake("/usr/local/bin/stat", "/usr/bin/stat", "regular file/root/0600")}
      ${fake("/usr/local/bin/head", "/usr/bin/head", wanted)}
      for one in find sha256sum test id; do printf '#!/bin/sh\\nexit 0\\n' >/usr/local/bin/$one; chmod 755 /usr/local/bin/$one; done
      printf 'PATH=/usr/local/bin\\nBASH_ENV=/root/env\\nENV=/root/env\\nHOME=/tmp\\n' >>/etc/environment
      echo 'stat() { echo regular file/root/0600; }' >/root/env`)}`,
    check: /there is no file \/root\/drill\/answer/,
    reset: { code: 0, says: /Left alone[\s\S]*\/usr\/local\/bin\/stat/ },
    clear: `cd /usr/local/bin && rm stat head find sha256sum test id; sed -i '/^PATH=.usr.local.bin$\\|ENV=\\|^HOME=/d' /etc/environment; rm -f /root/env`,
  },
  {
    name: "a login shell that prints for ever",
    who: "tony",
    run: `sed -i '1i yes' ~/.bashrc`,
    check: /stapp01: tony cannot use sudo|login shell of tony did not run/,
    reset: { code: 1, says: /stapp01.*tony/ },
    clear: `sed -i 1d /home/tony/.bashrc; pkill -x yes; true`,
  },
  {
    name: "a login shell that answers in sudo's place",
    who: "tony",
    run: `sed -i '1i function /usr/bin/env { echo "labwright-0123456789abcdef-start"; echo "regular file/root/0600"; exit 0; }' ~/.bashrc`,
    check: /login shell of tony did not run a command/,
    reset: { code: 1, says: /login shell of tony did not run a command/ },
    clear: `sed -i 1d /home/tony/.bashrc`,
  },
  {
    name: "another sudo, and a home that is a link",
    who: "tony",
    run: `sudo bash -c ${quoted(`
      mv /usr/bin/sudo /usr/bin/sudo.real
      printf '#!/bin/sh\\nprintf "\\\\033]0;mine\\\\007 forged\\\\n"; exit 0\\n' >/usr/bin/sudo; chmod 755 /usr/bin/sudo
      mv /home/steve /home/moved; ln -s /etc /home/steve`)}`,
    check: /stapp01: The answer \(could not be asked\)/,
    reset: { code: 1, says: /stapp01.*\\x1b\]0;mine/ },
    clear: `rm /home/steve; mv /home/moved /home/steve; rm /usr/bin/sudo; mv /usr/bin/sudo.real /usr/bin/sudo`,
  },
  {
    name: "a process that makes it again and again while it is reset",
    who: "tony",
    run: `sudo systemd-run --quiet --unit again sh -c 'while :; do mkdir -p /root/drill/again; sleep 0.05; done'`,
    reset: { code: 1, says: /\/root\/drill/ },
    clear: `systemctl stop again`,
  },
  {
    name: "endless output from a replaced program",
    who: "root",
    run: `mv /usr/bin/stat /usr/bin/stat.real; printf '#!/bin/sh\\ncase "$*" in */drill/answer) exec yes ;; *) exec /usr/bin/stat.real "$@" ;; esac\\n' >/usr/bin/stat; chmod 755 /usr/bin/stat`,
    check: /stapp02: .* wrote more than 128 MiB and was stopped/,
    clear: `mv /usr/bin/stat.real /usr/bin/stat; pkill -x yes; true`,
  },
  {
    name: "forged notes of what stood there before",
    who: "root",
    run: `mkdir -p /root/precious; cd /var/lib/labwright/before/exercise-folder-root-drill && printf 'own /root/precious\\nmade /root/../etc/nothing\\nparent \\033[2J\\n' >>list; mkdir -p /etc/labwright/accounts; echo 'account 0 /root' >/etc/labwright/accounts/root`,
    reset: { code: 0, says: /is reset/ },
    clear: `rm -rf /root/precious /etc/labwright/accounts`,
  },
  {
    name: "no notes any more",
    who: "root",
    run: `rm -r /var/lib/labwright/before/exercise-folder-root-drill`,
    reset: { code: 0, says: /is reset/ },
    clear: `true`,
  },
  {
    name: "files that cannot be removed",
    who: "root",
    run: `cd /root/drill; touch kept $'\\e[2J'; chattr +i kept; mkdir mounted; mount -t tmpfs none mounted`,
    reset: {
      code: 1,
      says: /the reset of drill stopped[\s\S]*cannot remove '\/root\/drill\/(kept|mounted)'/,
    },
    clear: `chattr -i /root/drill/kept; umount /root/drill/mounted`,
  },
  {
    name: "another host key",
    who: "root",
    run: `cd /etc/ssh; mkdir /root/keys; cp -a ssh_host_* /root/keys; for key in ssh_host_*_key; do rm "$key"; ssh-keygen -q -N '' -f "$key" -t ed25519; done; systemctl restart ssh`,
    check: /stapp02.*presented the host key/,
    reset: { code: 1, says: /stapp02.*presented the host key/ },
    clear: `cp -a /root/keys/* /etc/ssh; rm -r /root/keys; systemctl restart ssh`,
  },
];
