import type { Step } from "./step.ts";

/** One line for each step: its name in playbooks is its file's. A step is loaded only when a playbook names it. */
const steps: Record<string, () => Promise<Step>> = {
  account: async () => (await import("./exercise/account.ts")).account,
  "probes-act": async () => (await import("./exercise/probes-act.ts")).probesAct,
  "jobs-done": async () => (await import("./exercise/jobs-done.ts")).jobsDone,
  "pod-released": async () => (await import("./exercise/pod-released.ts")).podReleased,
  "service-to-node": async () => (await import("./exercise/service-to-node.ts")).serviceToNode,
  addons: async () => (await import("./cluster/addons.ts")).addons,
  "node-resource": async () => (await import("./exercise/node-resource.ts")).nodeResource,
  "account-may": async () => (await import("./exercise/account-may.ts")).accountMay,
  "api-answers": async () => (await import("./exercise/api-answers.ts")).apiAnswers,
  "answers-spread": async () => (await import("./exercise/answers-spread.ts")).answersSpread,
  "local-volume": async () => (await import("./exercise/local-volume.ts")).localVolume,
  "volume-outlives-pod": async () => (await import("./exercise/volume-outlives-pod.ts")).volumeOutlivesPod,
  "http-blocked": async () => (await import("./exercise/http-blocked.ts")).httpBlocked,
  "pod-evicted": async () => (await import("./exercise/pod-evicted.ts")).podEvicted,
  "admin-kubeconfig": async () => (await import("./cluster/admin-kubeconfig.ts")).adminKubeconfig,
  "answer-sheet": async () => (await import("./exercise/answer-sheet.ts")).answerSheet,
  "api-server-names": async () => (await import("./cluster/api-server-names.ts")).apiServerNames,
  "architecture-tour": async () => (await import("./exercise/architecture-tour.ts")).architectureTour,
  "cloud-controller": async () => (await import("./cluster/cloud-controller.ts")).cloudController,
  "cluster-members": async () => (await import("./cluster/cluster-members.ts")).clusterMembers,
  "cluster-objects": async () => (await import("./exercise/cluster-objects.ts")).clusterObjects,
  "cluster-ready": async () => (await import("./cluster/cluster-ready.ts")).clusterReady,
  "command-prints": async () => (await import("./exercise/command-prints.ts")).commandPrints,
  "compose-app": async () => (await import("./docker/compose-app.ts")).composeApp,
  "container-runtime": async () => (await import("./machine/container-runtime.ts")).containerRuntime,
  "controllers-running": async () => (await import("./cluster/controllers-running.ts")).controllersRunning,
  "control-plane-endpoint": async () =>
    (await import("./cluster/control-plane-endpoint.ts")).controlPlaneEndpoint,
  "control-plane-stopped": async () =>
    (await import("./exercise/control-plane-stopped.ts")).controlPlaneStopped,
  "control-plane-works": async () => (await import("./exercise/control-plane-works.ts")).controlPlaneWorks,
  "control-plane-settings": async () =>
    (await import("./cluster/control-plane-settings.ts")).controlPlaneSettings,
  "encryption-key": async () => (await import("./cluster/encryption-key.ts")).encryptionKey,
  "docker-compose": async () => (await import("./docker/docker-compose.ts")).dockerCompose,
  "docker-connected": async () => (await import("./docker/docker-connected.ts")).dockerConnected,
  "docker-container": async () => (await import("./docker/docker-container.ts")).dockerContainer,
  "docker-engine": async () => (await import("./docker/docker-engine.ts")).dockerEngine,
  "docker-image": async () => (await import("./docker/docker-image.ts")).dockerImage,
  "docker-network": async () => (await import("./docker/docker-network.ts")).dockerNetwork,
  "docker-reach": async () => (await import("./docker/docker-reach.ts")).dockerReach,
  "etcd-guard": async () => (await import("./exercise/etcd-guard.ts")).etcdGuard,
  "etcd-quota": async () => (await import("./exercise/etcd-quota.ts")).etcdQuota,
  "etcd-space": async () => (await import("./exercise/etcd-space.ts")).etcdSpace,
  "etcd-restored": async () => (await import("./exercise/etcd-restored.ts")).etcdRestored,
  "etcd-snapshot": async () => (await import("./exercise/etcd-snapshot.ts")).etcdSnapshot,
  "etcd-tools": async () => (await import("./exercise/etcd-tools.ts")).etcdTools,
  "exercise-folder": async () => (await import("./exercise/exercise-folder.ts")).exerciseFolder,
  file: async () => (await import("./machine/file.ts")).file,
  "host-names": async () => (await import("./machine/host-names.ts")).hostNames,
  images: async () => (await import("./machine/images.ts")).images,
  "nodes-drainable": async () => (await import("./cluster/nodes-drainable.ts")).nodesDrainable,
  "node-role": async () => (await import("./cluster/node-role.ts")).nodeRole,
  "node-joined-manually": async () => (await import("./cluster/node-joined-manually.ts")).nodeJoinedManually,
  "kernel-settings": async () => (await import("./machine/kernel-settings.ts")).kernelSettings,
  "secret-not-exposed": async () => (await import("./exercise/secret-not-exposed.ts")).secretNotExposed,
  "http-answers": async () => (await import("./exercise/http-answers.ts")).httpAnswers,
  "kube-pods": async () => (await import("./exercise/kube-pods.ts")).kubePods,
  "kubeadm-init": async () => (await import("./cluster/kubeadm-init.ts")).kubeadmInit,
  "kubeadm-join": async () => (await import("./cluster/kubeadm-join.ts")).kubeadmJoin,
  "kubeadm-upgrade": async () => (await import("./cluster/kubeadm-upgrade.ts")).kubeadmUpgrade,
  kubelet: async () => (await import("./cluster/kubelet.ts")).kubelet,
  "kubelet-client-expired": async () =>
    (await import("./exercise/kubelet-client-expired.ts")).kubeletClientExpired,
  "kubelet-client-valid": async () => (await import("./exercise/kubelet-client-valid.ts")).kubeletClientValid,
  "kubelet-healthy": async () => (await import("./exercise/kubelet-healthy.ts")).kubeletHealthy,
  "kubelet-misconfigured": async () =>
    (await import("./exercise/kubelet-misconfigured.ts")).kubeletMisconfigured,
  "kubelet-outdated": async () => (await import("./exercise/kubelet-outdated.ts")).kubeletOutdated,
  "kubelet-config": async () => (await import("./cluster/kubelet-config.ts")).kubeletConfig,
  "load-balancer": async () => (await import("./cluster/load-balancer.ts")).loadBalancer,
  "login-user": async () => (await import("./machine/login-user.ts")).loginUser,
  "made-during-outage": async () => (await import("./exercise/made-during-outage.ts")).madeDuringOutage,
  "no-failed-request": async () => (await import("./exercise/no-failed-request.ts")).noFailedRequest,
  namespace: async () => (await import("./exercise/namespace.ts")).namespace,
  "nginx-nodeport": async () => (await import("./cluster/nginx-nodeport.ts")).nginxNodeport,
  "nodeport-answers": async () => (await import("./cluster/nodeport-answers.ts")).nodeportAnswers,
  "runtime-proxies": async () => (await import("./machine/runtime-proxies.ts")).runtimeProxies,
  "service-answers": async () => (await import("./exercise/service-answers.ts")).serviceAnswers,
  "system-packages": async () => (await import("./machine/system-packages.ts")).systemPackages,
  "pod-network": async () => (await import("./cluster/pod-network.ts")).podNetwork,
  "pod-shares-volume": async () => (await import("./exercise/pod-shares-volume.ts")).podSharesVolume,
  "replicaset-heals": async () => (await import("./exercise/replicaset-heals.ts")).replicasetHeals,
  "ssh-login": async () => (await import("./machine/ssh-login.ts")).sshLogin,
  "static-pod": async () => (await import("./exercise/static-pod.ts")).staticPod,
  "student-kubectl": async () => (await import("./cluster/student-kubectl.ts")).studentKubectl,
  "user-accounts": async () => (await import("./machine/user-accounts.ts")).userAccounts,
  "user-kubeconfig": async () => (await import("./cluster/user-kubeconfig.ts")).userKubeconfig,
  "user-kubectl": async () => (await import("./machine/user-kubectl.ts")).userKubectl,
  "kube-objects": async () => (await import("./exercise/kube-objects.ts")).kubeObjects,
};

/** Older names of steps that playbooks may still use. */
const formerNames: Record<string, string> = {
  calico: "pod-network",
  "joined-node": "node-joined-manually",
  "kept-secret": "secret-not-exposed",
  "wanted-objects": "kube-objects",
  "kube-answers": "http-answers",
  "pods-heal": "replicaset-heals",
};

export const stepNames = (): string[] => Object.keys(steps);

/** The name by which a step is registered. */
export const currentName = (given: string): string =>
  Object.hasOwn(formerNames, given) ? (formerNames[given] ?? given) : given;

export async function loadStep(given: string): Promise<Step | undefined> {
  const name = currentName(given);
  return Object.hasOwn(steps, name) ? steps[name]?.() : undefined;
}
