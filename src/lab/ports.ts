/** The port of every node at which the playbook nginx-nodeport's nginx answers, unless it names another. */
export const nginxNodePort = 30080;

/** The port of every node at which the addon skipper serves Ingresses. */
export const ingressNodePort = 30081;

/** The API server's port on control planes, and the load balancer's. */
export const apiPort = 6443;

/** Ports that a machine offers if its address cannot be reached: sshd, the API server, nginx. */
export const publishedPorts = [22, apiPort, nginxNodePort];
