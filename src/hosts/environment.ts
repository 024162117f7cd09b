/**
 * What commands on a machine have as environment, and nothing besides: no variable that its users or /etc/environment
 * export (ETCDCTL_ENDPOINTS, KUBECONFIG, http_proxy, DOCKER_HOST, BASH_ENV, LD_PRELOAD) changes what they do.
 */
const environment: Readonly<Record<string, string>> = {
  LC_ALL: "C",
  // The distribution's own programs come first: anybody with root for a while may have left another `docker` in /usr/local.
  PATH: "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin",
  // Settings of root's own, such as ~/.curlrc, ~/.docker/config.json and ~/.kube/kuberc, are not read either, and caches
  // are gone after the next boot.
  HOME: "/run/labwright/home",
};

/** Stands before a program on a command line that any login shell reads, and gives it that environment. */
export const inOwnEnvironment = `/usr/bin/env -i ${Object.entries(environment)
  .map(([name, value]) => `${name}=${value}`)
  .join(" ")}`;
