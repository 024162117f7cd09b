const base64 = "TFMwdExTMUNSVWRKVGlCRFJWSlVTVVpKUTBGVVJTMHRMUzB0".repeat(4000);

/** Kubeconfigs in the forms that programs and people leave behind. Each keeps its bytes once our context is gone again. */
export const realWorld: Record<string, string> = {
  "kind, two clusters": `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${base64.slice(0, 1500)}
    server: https://127.0.0.1:40123
  name: kind-kind
- cluster:
    certificate-authority-data: ${base64.slice(0, 1500)}
    server: https://127.0.0.1:40124
  name: kind-two
contexts:
- context:
    cluster: kind-kind
    user: kind-kind
  name: kind-kind
- context:
    cluster: kind-two
    user: kind-two
  name: kind-two
current-context: kind-two
kind: Config
preferences: {}
users:
- name: kind-kind
  user:
    client-certificate-data: ${base64.slice(0, 1500)}
    client-key-data: ${base64.slice(0, 2200)}
- name: kind-two
  user: {}
`,
  "minikube in flow style": `apiVersion: v1
clusters: [{cluster: {certificate-authority: /home/me/.minikube/ca.crt, extensions: [{extension: {version: v1.36.0}, name: cluster_info}], server: 'https://192.168.49.2:8443'}, name: minikube}]
contexts: [ {context: {cluster: minikube, user: minikube}, name: minikube} , ]
current-context: minikube
kind: Config
users:
  [
    {
      name: minikube, # the only one
      user: {client-key: "/home/me/a, b/client.key"},
    },
  ]
`,
  "all in brackets, over several lines": `{
  apiVersion: v1, kind: Config,
  # clusters of the company
  clusters: [
    { name: work, cluster: { server: "https://example.org" } }, # first
  ],
  contexts: [], users: null,
  current-context: ""
}
`,
  "JSON with tabs": `{\n\t"kind": "Config",\n\t"apiVersion": "v1",\n\t"clusters": [\n\t\t{\n\t\t\t"name": "a",\n\t\t\t"cluster": {"server": "s"}\n\t\t}\n\t],\n\t"contexts": [],\n\t"current-context": "a"\n}\n`,
  "anchors and aliases": `x-user: &me {token: abc}
clusters:
- name: &name work
  cluster: &cluster
    server: https://example.org
- name: copy
  cluster: *cluster
contexts: &contexts
- name: *name
  context: {cluster: *name, user: *name}
users:
- &one
  name: *name
  user: *me
current-context: work
`,
  "comments at the ends of entries": `clusters: # mine
- name: a # of the office
  cluster:
    server: s # by VPN

    # insecure-skip-tls-verify: true
  # until March
# - name: old
#   cluster: {}
contexts:
- context:
    cluster: a
    user: a   # not admin
    # namespace: shop
  name: a
    # the end of a
users:
- name: a
  user: # by token
    token: x # secret
    # password: y
current-context: a # always
# the end
`,
  "Windows line ends":
    "apiVersion: v1\r\nclusters:\r\n- name: a\r\n  cluster:\r\n    server: s\r\n    # note\r\n\r\ncontexts: []\r\nusers:\r\ncurrent-context: ''\r\n",
  "Windows line ends, and none at the end": "kind: Config\r\nusers:\r\n- name: a\r\n  user: {}",
  "a byte order mark": "\uFEFFapiVersion: v1\nkind: Config\nclusters:\n- name: a\n  cluster: {server: s}\n",
  "a byte order mark before brackets": '\uFEFF{"kind":"Config","clusters":[]}',
  "only a byte order mark": "\uFEFF",
  "tabs after colons and values":
    "kind:\tConfig\t\nclusters:\t\t# tab\n- name:\ta\t# tab\n  cluster:\n    server:\ts\t\nusers: []\t\ncurrent-context:\ta\t# tab\n",
  "two contexts of one name": `contexts:
- name: a
  context: {cluster: a, user: a}
- name: a # again
  context: {cluster: b, user: b}
clusters:
- name: a
  cluster: {server: s}
- name: a
  cluster: {server: t}
current-context: a
`,
  "an empty mapping": "{}",
  "an empty mapping with a comment": "# nothing yet\n{ } # really\n",
  "lists that are null":
    'apiVersion: v1\nclusters: null\ncontexts: null\ncurrent-context: ""\nkind: Config\npreferences: {}\nusers: null\n',
  "lists that are null in every spelling":
    "clusters: ~\ncontexts:\nusers: Null # none\ncurrent-context: null",
  "JSON with null lists":
    '{"apiVersion":"v1","clusters":null,"contexts":null,"users":null,"kind":"Config","current-context":null}\n',
  "very long lines": `clusters:\n- cluster:\n    certificate-authority-data: ${base64}\n    server: s\n  name: long\nusers:\n- name: long\n  user:\n    client-key-data: "${base64}"\n    client-certificate-data: >-\n      ${base64}\n`,
  "a document's start and end": "---\nkind: Config\nclusters:\n- name: a\n  cluster: {server: s}\n...\n",
  "an empty document's start": "# mine\n---\n",
  "keys and names in quotes": `"clusters":\n- "name": "a"\n  'cluster': {"server": 's'}\n'contexts': []\n"current-context" : "a"\n`,
  "the pointer on its own line":
    "current-context:\n  a\nclusters:\n\n  - name: a\n\n\n    cluster: {server: s}\n",
  "the pointer as a block": "kind: Config\ncurrent-context: >-\n  a\nclusters: []\n",
  "a block of text as the last value":
    "clusters: []\nusers:\n- name: a\n  user:\n    note: |\n      some\n\n      text\n\n\ncontexts: []\n",
  "indented as a whole": "  kind: Config\n  clusters:\n  - name: a\n    cluster: {server: s}\n  users: []\n",
};
