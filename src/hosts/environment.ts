/**
 * The whole environment of commands on a machine: no variable that its users or /etc/environment
 * export (ETCDCTL_ENDPOINTS, KUBECONFIG, http_proxy, DOCKER_HOST, BASH_ENV, LD_PRELOAD) changes what they do.
 */
const environment: Readonly<Record<string, string>> = {
  LC_ALL: "C",
  // The distribution's programs come first: a student with root may have put another `docker` into /usr/local.
  PATH: "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin",
  // Root's own settings, such as ~/.curlrc, ~/.docker/config.json and ~/.kube/kuberc, are not read either, and caches
  // are gone after the next boot.
  HOME: "/run/labwright/home",
};

/** Put before a program on a command line for any login shell, it sets that environment. */
export const inOwnEnvironment = `/usr/bin/env -i ${Object.entries(environment)
  .map(([name, value]) => `${name}=${value}`)
  .join(" ")}`;
