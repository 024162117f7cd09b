import type { Step } from "../engine/step.ts";

/** One line for each step: its name in playbooks is its file's. A step is loaded only when a playbook names it. */
const steps: Record<string, () => Promise<Step>> = {
  "admin-kubeconfig": async () => (await import("./admin-kubeconfig.ts")).adminKubeconfig,
  "architecture-tour": async () => (await import("./architecture-tour.ts")).architectureTour,
  calico: async () => (await import("./calico.ts")).calico,
  "cloud-controller": async () => (await import("./cloud-controller.ts")).cloudController,
  "cluster-members": async () => (await import("./cluster-members.ts")).clusterMembers,
  "cluster-objects": async () => (await import("./cluster-objects.ts")).clusterObjects,
  "cluster-ready": async () => (await import("./cluster-ready.ts")).clusterReady,
  "compose-app": async () => (await import("./compose-app.ts")).composeApp,
  "container-runtime": async () => (await import("./container-runtime.ts")).containerRuntime,
  "docker-compose": async () => (await import("./docker-compose.ts")).dockerCompose,
  "docker-connected": async () => (await import("./docker-connected.ts")).dockerConnected,
  "docker-container": async () => (await import("./docker-container.ts")).dockerContainer,
  "docker-engine": async () => (await import("./docker-engine.ts")).dockerEngine,
  "docker-image": async () => (await import("./docker-image.ts")).dockerImage,
  "docker-network": async () => (await import("./docker-network.ts")).dockerNetwork,
  "docker-reach": async () => (await import("./docker-reach.ts")).dockerReach,
  "etcd-guard": async () => (await import("./etcd-guard.ts")).etcdGuard,
  "etcd-restored": async () => (await import("./etcd-restored.ts")).etcdRestored,
  "etcd-snapshot": async () => (await import("./etcd-snapshot.ts")).etcdSnapshot,
  "etcd-tools": async () => (await import("./etcd-tools.ts")).etcdTools,
  "exercise-folder": async () => (await import("./exercise-folder.ts")).exerciseFolder,
  file: async () => (await import("./file.ts")).file,
  "host-names": async () => (await import("./host-names.ts")).hostNames,
  images: async () => (await import("./images.ts")).images,
  "joined-node": async () => (await import("./joined-node.ts")).joinedNode,
  "kernel-settings": async () => (await import("./kernel-settings.ts")).kernelSettings,
  "kept-secret": async () => (await import("./kept-secret.ts")).keptSecret,
  "kube-answers": async () => (await import("./kube-answers.ts")).kubeAnswers,
  "kube-pods": async () => (await import("./kube-pods.ts")).kubePods,
  "kubeadm-init": async () => (await import("./kubeadm-init.ts")).kubeadmInit,
  "kubeadm-join": async () => (await import("./kubeadm-join.ts")).kubeadmJoin,
  kubelet: async () => (await import("./kubelet.ts")).kubelet,
  "kubelet-config": async () => (await import("./kubelet-config.ts")).kubeletConfig,
  "login-user": async () => (await import("./login-user.ts")).loginUser,
  "no-failed-request": async () => (await import("./no-failed-request.ts")).noFailedRequest,
  namespace: async () => (await import("./namespace.ts")).namespace,
  "nginx-nodeport": async () => (await import("./nginx-nodeport.ts")).nginxNodeport,
  "nodeport-answers": async () => (await import("./nodeport-answers.ts")).nodeportAnswers,
  "runtime-proxies": async () => (await import("./runtime-proxies.ts")).runtimeProxies,
  software: async () => (await import("./software.ts")).software,
  "service-answers": async () => (await import("./service-answers.ts")).serviceAnswers,
  "system-packages": async () => (await import("./system-packages.ts")).systemPackages,
  "pods-heal": async () => (await import("./pods-heal.ts")).podsHeal,
  "ssh-login": async () => (await import("./ssh-login.ts")).sshLogin,
  "user-accounts": async () => (await import("./user-accounts.ts")).userAccounts,
  "user-kubeconfig": async () => (await import("./user-kubeconfig.ts")).userKubeconfig,
  "user-kubectl": async () => (await import("./user-kubectl.ts")).userKubectl,
  "wanted-objects": async () => (await import("./wanted-objects.ts")).wantedObjects,
};

export const stepNames = (): string[] => Object.keys(steps);

export async function loadStep(name: string): Promise<Step | undefined> {
  return Object.hasOwn(steps, name) ? steps[name]?.() : undefined;
}
