/** Damage that a person does as root to a lab of the machines cp, w1 and w2. */
export interface WildDamage {
  title: string;
  machine: string;
  script: string;
  /** What has to be created again if there is no spare, as undoing does not do; absent: it does. */
  rebuilt?: RegExp;
}

export const wildDamage: readonly WildDamage[] = [
  {
    title: "the certificates are overwritten",
    machine: "cp",
    script: "for f in /etc/kubernetes/pki/*.*; do echo x >$f; done",
  },
  {
    title: "the kubelet's program is removed",
    machine: "w1",
    script: "rm /usr/local/bin/kubelet; systemctl kill -s KILL kubelet",
  },
  {
    title: "the firewall drops everything",
    machine: "w1",
    script: "iptables -F; iptables -t nat -F; for c in INPUT OUTPUT FORWARD; do iptables -P $c DROP; done",
    rebuilt: /creating w1 again/,
  },
  {
    title: "all of /etc is deleted",
    machine: "w1",
    script: "rm -rf /etc/* 2>/dev/null || true",
    rebuilt: /creating w1 again/,
  },
  {
    title: "the runtime's folder is deleted",
    machine: "w1",
    script: "rm -rf /var/lib/containerd/* 2>/dev/null || true",
    rebuilt: /creating w1 again/,
  },
  {
    title: "a disk is full",
    machine: "w1",
    script: "mount -t tmpfs -o size=1m none /opt; head -c 2m /dev/zero >/opt/full 2>/dev/null || true",
  },
  {
    title: "etcd's data is deleted",
    machine: "cp",
    script: "rm -rf /var/lib/etcd/member; pkill -KILL etcd",
    rebuilt: /creating cp, w1 and w2 again/,
  },
];
