/** Objects of the structure that the addons' releases publish, by the last parts of their files' paths, cut short. */
const releaseFiles: Readonly<Record<string, string>> = {
  "manifests/base/apiservice.yaml": `apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1beta1.metrics.k8s.io }
spec: { insecureSkipTLSVerify: true }
`,
  "manifests/base/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: metrics-server, namespace: kube-system }
spec:
  template:
    spec:
      containers:
        - name: metrics-server
          image: gcr.io/staging/metrics-server:master
          args: [--secure-port=10250]
          readinessProbe: { httpGet: { path: /readyz, port: https }, periodSeconds: 10, initialDelaySeconds: 20 }
`,
  "manifests/base/rbac.yaml": `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: "system:metrics-server" }
rules: []
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: metrics-server, namespace: kube-system }
`,
  "manifests/base/service.yaml": `apiVersion: v1
kind: Service
metadata: { name: metrics-server, namespace: kube-system }
spec: { ports: [{ port: 443 }] }
`,
  "deploy/local-path-storage.yaml": `apiVersion: v1
kind: Namespace
metadata: { name: local-path-storage }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: local-path-provisioner, namespace: local-path-storage }
spec:
  selector: { matchLabels: { app: local-path-provisioner } }
  template:
    spec:
      containers: [{ name: local-path-provisioner, image: "rancher/local-path-provisioner:v0.0.30" }]
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: local-path }
provisioner: rancher.io/local-path
---
apiVersion: v1
kind: ConfigMap
metadata: { name: local-path-config, namespace: local-path-storage }
data:
  config.json: '{ "nodePathMap": [{ "node": "DEFAULT", "paths": ["/opt/local-path-provisioner"] }] }'
  setup: mkdir -p "$VOL_DIR"
  helperPod.yaml: |
    kind: Pod
    spec: { priorityClassName: system-node-critical, containers: [{ name: helper-pod, image: busybox }] }
`,
  "kubernetes-headlamp.yaml": `kind: Service
apiVersion: v1
metadata: { name: headlamp, namespace: kube-system }
spec: { ports: [{ port: 80, targetPort: 4466 }] }
---
kind: Deployment
apiVersion: apps/v1
metadata: { name: headlamp, namespace: kube-system }
spec:
  template:
    spec:
      containers:
        - name: headlamp
          image: ghcr.io/headlamp-k8s/headlamp:latest
          args: [-in-cluster]
          env: [{ name: HEADLAMP_CONFIG_OTLP_ENDPOINT, value: "otel-collector:4317" }]
          readinessProbe: { httpGet: { path: /, port: 4466 }, initialDelaySeconds: 30 }
---
kind: Secret
apiVersion: v1
metadata: { name: headlamp-admin, namespace: kube-system }
`,
  "deployment/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: skipper-ingress, namespace: kube-system }
spec:
  template:
    spec:
      nodeSelector: { kubernetes.io/role: worker }
      dnsPolicy: ClusterFirstWithHostNet
      hostNetwork: true
      containers:
        - name: skipper-ingress
          image: registry.example/skipper:v0.22.170
          ports: [{ name: ingress-port, containerPort: 9999, hostPort: 9999 }]
          args: [skipper, -kubernetes]
          resources: { requests: { cpu: "4" } }
`,
  "deployment/rbac.yaml": `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: { name: hostnetwork }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: hostnetwork-psp }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: skipper-ingress }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: skipper-ingress-hostnetwork-psp, namespace: kube-system }
`,
  "deployment/service.yaml": `kind: Service
apiVersion: v1
metadata: { name: skipper-ingress, namespace: kube-system }
spec: { type: ClusterIP, ports: [{ port: 80, targetPort: 9999 }] }
`,
};

/** The text of an addon's file, by its path in the release; undefined for any other file. */
export const addonFile = (path: string): string | undefined =>
  Object.entries(releaseFiles).find(([end]) => path.endsWith(`/${end}`))?.[1];
