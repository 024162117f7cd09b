/** Where labwright installs a node's programs, and where its units start them from. */
export const nodeFolder = "/usr/local/bin";

type NodeProgram = "crictl" | "etcdctl" | "etcdutl" | "kubeadm" | "kubectl" | "kubelet";

/** A node's program by its path: the owner of a machine may have another version of it in another folder. */
export const nodeProgram = (name: NodeProgram): string => `${nodeFolder}/${name}`;
