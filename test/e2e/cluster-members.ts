import type { TestLab } from "./support.ts";

/** Etcd's members and the Ready nodes, as a control plane sees them. */
export async function membersOn(
  lab: Pick<TestLab, "inside">,
  machine: string,
): Promise<{ members: string[]; ready: string[] }> {
  const etcdctl = `/proc/$(pidof -s etcd)/root/usr/local/bin/etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt --key /etc/kubernetes/pki/etcd/healthcheck-client.key`;
  const members = await lab.inside(machine, `${etcdctl} member list`);
  const nodes = await lab.inside(
    machine,
    "kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes --no-headers",
  );
  const words = (text: string) => text.split("\n").map((line) => line.split(/,?\s+/));
  return {
    members: words(members)
      .flatMap(([, status, member]) => (status === "started" && member ? [member] : []))
      .sort(),
    ready: words(nodes)
      .flatMap(([node, status]) => (status === "Ready" && node ? [node] : []))
      .sort(),
  };
}
