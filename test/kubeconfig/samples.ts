import type { KubeContext } from "../../src/kubeconfig/context.ts";

export const lab = (name = "basics"): KubeContext => ({
  name,
  server: "https://172.30.0.2:6443",
  caData: "Q0E=",
  clientCertData: "Q0VSVA==",
  clientKeyData: "S0VZ",
});

/** As kubectl writes it. */
export const kubectlStyle = `apiVersion: v1
clusters:
- cluster:
    certificate-authority: /home/me/.minikube/ca.crt
    extensions:
    - extension:
        last-update: Mon, 01 Jan 2024 00:00:00 UTC
        provider: minikube.sigs.k8s.io
      name: cluster_info
    server: https://192.168.49.2:8443
  name: minikube
- cluster:
    server: https://example.org
  name: work
contexts:
- context:
    cluster: minikube
    namespace: default
    user: minikube
  name: minikube
- context:
    cluster: work
    user: work
  name: work
current-context: minikube
kind: Config
preferences: {}
users:
- name: minikube
  user:
    client-certificate: /home/me/.minikube/client.crt
- name: work
  user:
    token: abc
`;

/** As a person writes it: indented lists, comments in every place, quotes, its own order. */
export const handWritten = `# my clusters
kind: Config   # yes
current-context: "work"   # the usual one

contexts:   # where I work
  # the company's
  - name: work

    context: {cluster: work, user: work}   # short
  # the end
users:
  -
    name: work
    user:
      exec:
        apiVersion: client.authentication.k8s.io/v1
        command: login
        args:
        - --verbose
        - |
          a block

          with # no comment
        env: null
    # after the user
clusters:
  - cluster:
      server: 'https://example.org'
    name: "work"
# last words
apiVersion: v1
# the very end`;
