#include "kingpost/deploy/escape.hpp"
#include "kingpost/deploy/parts.hpp"

namespace kingpost::deploy {

namespace {

constexpr std::string_view kPolicy =
    R"(# Nobody may call anybody, but: the ingress controller the server; the server its database and the name service; the migration likewise.
# @CALLS@
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: @NAME@-server
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: @NAME@
      app.kubernetes.io/component: server
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: ingress-nginx
      ports:
        - protocol: TCP
          port: @PORT@
  egress:
    - to:
        - podSelector:
            matchLabels:
              app.kubernetes.io/name: @NAME@
              app.kubernetes.io/component: database
      ports:
        - protocol: TCP
          port: 5432
    - to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
      ports:
        - protocol: UDP
          port: 53
        - protocol: TCP
          port: 53
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: @NAME@-migration
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: @NAME@
      app.kubernetes.io/component: migration
  policyTypes: [Ingress, Egress]
  egress:
    - to:
        - podSelector:
            matchLabels:
              app.kubernetes.io/name: @NAME@
              app.kubernetes.io/component: database
      ports:
        - protocol: TCP
          port: 5432
    - to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
      ports:
        - protocol: UDP
          port: 53
        - protocol: TCP
          port: 53
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: @NAME@-database
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: @NAME@
      app.kubernetes.io/component: database
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        - podSelector:
            matchExpressions:
              - {key: app.kubernetes.io/name, operator: In, values: [@NAME@]}
              - {key: app.kubernetes.io/component, operator: In, values: [server, migration]}
      ports:
        - protocol: TCP
          port: 5432
)";

constexpr std::string_view kScale =
    R"(# At the planned peak a server uses 70 % of the processor time that it asks for. @MOST@ servers carry ten times the planned load.
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: @NAME@
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: @NAME@
  minReplicas: @LEAST@
  maxReplicas: @MOST@
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: 70
  behavior:
    scaleDown:
      stabilizationWindowSeconds: 300
      policies:
        - type: Pods
          value: 1
          periodSeconds: 60
)";

constexpr std::string_view kBudget = R"(apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: @NAME@
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: @NAME@
      app.kubernetes.io/component: server
)";

constexpr std::string_view kMigration =
    R"(# Applies what the model adds before the new servers come; where more is needed it fails and says what. The servers do the same when they
# start, under a lock of the database, so the order does no harm. Its name carries the model's fingerprint: a Job cannot be changed.
apiVersion: batch/v1
kind: Job
metadata:
  name: @NAME@-migrate-@HASH@
  labels:
    app.kubernetes.io/name: @NAME@
spec:
  backoffLimit: 5
  activeDeadlineSeconds: 3600
  ttlSecondsAfterFinished: 86400
  template:
    metadata:
      labels:
        app.kubernetes.io/name: @NAME@
        app.kubernetes.io/component: migration
    spec:
      restartPolicy: Never
      serviceAccountName: @NAME@
      automountServiceAccountToken: false
      enableServiceLinks: false
      securityContext:
        runAsNonRoot: true
        runAsUser: @UID@
        runAsGroup: @UID@
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: migrate
          image: @NAME@:@TAG@
          args: @MIGRATE@
          env:
            - name: PGPASSWORD
              valueFrom:
                secretKeyRef: {name: @NAME@-secrets, key: PGPASSWORD}
            - name: DATABASE_URL
              valueFrom:
                configMapKeyRef: {name: @NAME@-settings, key: DATABASE_URL}
            - name: PGSSLMODE
              valueFrom:
                configMapKeyRef: {name: @NAME@-settings, key: PGSSLMODE}
          resources:
            requests:
              cpu: 100m
              memory: 64Mi
            limits:
              memory: 256Mi
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
)";

constexpr std::string_view kOverPostgres = R"(# Several pods over PostgreSQL: kubectl apply -k k8s/postgres
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: @NAME@
resources:
  - ../base
  - ../database
  - deployment.yaml
  - autoscaler.yaml
  - disruption-budget.yaml
  - migration.yaml
# Where your registry has the image.
images:
  - name: @NAME@
    newName: @NAME@
    newTag: @TAG@
)";

}  // namespace

void add_kubernetes_policy(const Facts& facts, std::vector<File>& out) {
  const auto add = [&](std::string path, std::string bytes) { out.push_back({"k8s/" + std::move(path), kYaml, std::move(bytes), "Kubernetes"}); };
  const std::string calls = facts.calls_others ? "The model calls other systems; this version does not do so yet, so no way out is open for it."
                                               : "The model calls no other system, so no further way out is open.";
  const std::string migrate = flow_list({"migrate", "apply", dollars_doubled("/srv/model/" + facts.root), "--database", "$(DATABASE_URL)"});
  add("base/network-policy.yaml", fill(kPolicy, {{"NAME", facts.name}, {"PORT", std::to_string(kPort)}, {"CALLS", calls}}));
  add("postgres/kustomization.yaml", fill(kOverPostgres, {{"NAME", facts.name}, {"TAG", facts.tag}}));
  add("postgres/autoscaler.yaml",
      fill(kScale, {{"NAME", facts.name}, {"LEAST", std::to_string(facts.replicas)}, {"MOST", std::to_string(facts.most_replicas)}}));
  add("postgres/disruption-budget.yaml", fill(kBudget, {{"NAME", facts.name}}));
  add("postgres/migration.yaml",
      fill(kMigration, {{"NAME", facts.name}, {"HASH", facts.short_hash}, {"UID", std::to_string(kUser)}, {"TAG", facts.tag}, {"MIGRATE", migrate}}));
}

}  // namespace kingpost::deploy
