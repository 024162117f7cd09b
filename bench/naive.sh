#!/usr/bin/env bash
# The same cluster by the same commands, written as most people would: one after the other, with the release's own
# manifest changed only where this kernel needs it. Arguments: IMAGE VOLUME MANIFEST; POWER has the `docker create` flags.
set -euo pipefail
image=$1 volume=$2 manifest=$3
read -ra power <<<"${POWER//$'\t'/ }"
lab=naive subnet=10.88.77

cleanup() {
  docker rm --force --volumes $lab-cp $lab-w1 $lab-w2 >/dev/null 2>&1 || true
  docker network rm $lab >/dev/null 2>&1 || true
}
trap cleanup EXIT
cleanup

docker network create --subnet $subnet.0/24 $lab >/dev/null
n=10
for machine in cp w1 w2; do
  docker run --detach --name $lab-$machine --hostname $machine --network $lab --ip $subnet.$n "${power[@]}" \
    --device-cgroup-rule 'a *:* rwm' --env container=docker --cgroupns private --tmpfs /run:exec,mode=755 \
    --tmpfs /run/lock --tmpfs /tmp:exec,mode=1777 --volume "$volume:/opt/labwright/images:ro" \
    --volume /var/lib/containerd "$image" /usr/local/sbin/labwright-init >/dev/null
  n=$((n + 1))
done
for machine in cp w1 w2; do
  until docker exec $lab-$machine crictl info >/dev/null 2>&1; do sleep 1; done
  docker exec $lab-$machine sh -c 'mkdir -p /etc/labwright; echo "nameserver 10.88.77.1" >/etc/labwright/resolv.conf; sysctl -qw fs.inotify.max_user_instances=1024'
done

ignore=NumCPU,Mem,Swap,SystemVerification,FileContent--proc-sys-net-bridge-bridge-nf-call-iptables
docker exec -i $lab-cp sh -c 'cat >/root/kubeadm.yaml' <<YAML
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
nodeRegistration: { criSocket: "unix:///run/containerd/containerd.sock" }
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v$VERSION
networking: { podSubnet: 10.244.0.0/16 }
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: $DRIVER
failCgroupV1: false
failSwapOn: false
resolvConf: /etc/labwright/resolv.conf
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
conntrack: { maxPerCore: 0 }
YAML
docker exec $lab-cp kubeadm init --config /root/kubeadm.yaml --ignore-preflight-errors $ignore >/dev/null
kubectl() { docker exec -i $lab-cp kubectl --kubeconfig /etc/kubernetes/admin.conf "$@"; }

sed -e 's/calico_backend: "bird"/calico_backend: "vxlan"/' -e '/-bird-live/d' -e '/-bird-ready/d' \
  -e '/CALICO_IPV4POOL_IPIP/{n;s/Always/Never/}' -e '/CALICO_IPV4POOL_VXLAN/{n;s/Never/Always/}' "$manifest" | kubectl apply -f - >/dev/null

for machine in w1 w2; do
  join=$(docker exec $lab-cp kubeadm token create --print-join-command)
  docker exec $lab-$machine sh -c "$join --ignore-preflight-errors $ignore" >/dev/null
done
until [ "$(kubectl get nodes --no-headers | grep -cw Ready)" = 3 ]; do sleep 1; done

kubectl create deployment nginx --image docker.io/library/nginx:latest --replicas 2 >/dev/null
kubectl patch deployment nginx --patch '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","imagePullPolicy":"IfNotPresent"}]}}}}' >/dev/null
kubectl create service nodeport nginx --tcp 80:80 --node-port 30080 >/dev/null
kubectl -n kube-system wait --for condition=Ready pod --all --timeout 300s >/dev/null
for address in 10 11 12; do
  until curl --silent --fail --max-time 3 --output /dev/null http://$subnet.$address:30080/; do sleep 1; done
done
