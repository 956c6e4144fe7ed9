#include <fmt/format.h>

#include "kingpost/deploy/escape.hpp"
#include "kingpost/deploy/parts.hpp"

namespace kingpost::deploy {

namespace {

constexpr std::string_view kBase = R"(# What PostgreSQL and SQLite share. Apply ../postgres or ../sqlite, not this.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: @NAME@
labels:
  - pairs:
      app.kubernetes.io/part-of: @NAME@
resources:
  - namespace.yaml
  - service-account.yaml
  - config-map.yaml
  - service.yaml
  - ingress.yaml
  - network-policy.yaml
)";

constexpr std::string_view kNamespace = R"(apiVersion: v1
kind: Namespace
metadata:
  name: @NAME@
  labels:
    pod-security.kubernetes.io/enforce: restricted
)";

constexpr std::string_view kAccount = R"(# The server never calls the cluster's API.
apiVersion: v1
kind: ServiceAccount
metadata:
  name: @NAME@
automountServiceAccountToken: false
)";

constexpr std::string_view kConfig = R"(# Settings that are no secrets. Secrets are made outside of these files:
#   kubectl -n @NAME@ create secret generic @NAME@-secrets @SECRETS@
apiVersion: v1
kind: ConfigMap
metadata:
  name: @NAME@-settings
data:
  # For a managed database: its address, and verify-full.
  DATABASE_URL: postgres://@DATABASE@@@NAME@-postgres:5432/@DATABASE@
  PGSSLMODE: prefer
@VARIABLES@)";

constexpr std::string_view kService = R"(apiVersion: v1
kind: Service
metadata:
  name: @NAME@
  labels:
    app.kubernetes.io/name: @NAME@
spec:
  type: ClusterIP
  selector:
    app.kubernetes.io/name: @NAME@
    app.kubernetes.io/component: server
  ports:
    - name: http
      port: 80
      targetPort: http
      protocol: TCP
)";

constexpr std::string_view kIngress =
    R"(# Ends TLS. Bodies and waits are the server's own limits (body-bytes, request-timeout-ms), so that neither gives up before the other.
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: @NAME@
  annotations:
    nginx.ingress.kubernetes.io/proxy-body-size: "@BODY@"
    nginx.ingress.kubernetes.io/proxy-connect-timeout: "2"
    nginx.ingress.kubernetes.io/proxy-read-timeout: "@WAIT@"
    nginx.ingress.kubernetes.io/proxy-send-timeout: "@SEND@"
    nginx.ingress.kubernetes.io/ssl-redirect: "true"
spec:
  ingressClassName: nginx
  tls:
    - hosts: [@NAME@.example.org]
      secretName: @NAME@-tls
  rules:
    - host: @NAME@.example.org
      http:
        paths:
          - path: /rest/v1/
            pathType: Prefix
            backend:
              service:
                name: @NAME@
                port:
                  name: http
)";

constexpr std::string_view kPod = R"(      serviceAccountName: @NAME@
      automountServiceAccountToken: false
      enableServiceLinks: false
      # Leaving the Service's list takes a moment (@LEAVE@ s); then SIGTERM, @DRAIN@ s for running requests (drain-timeout-ms), 15 s for the store.
      terminationGracePeriodSeconds: @GRACE@
      securityContext:
        runAsNonRoot: true
        runAsUser: @UID@
        runAsGroup: @UID@
        fsGroup: @UID@
        seccompProfile:
          type: RuntimeDefault
@SPREAD@      containers:
        - name: kingpost
          image: @IMAGE@
          args: @SERVE@
          env:
            - name: KINGPOST_SECRET
              valueFrom:
                secretKeyRef: {name: @NAME@-secrets, key: KINGPOST_SECRET}
@ENVIRONMENT@          ports:
            - name: http
              containerPort: @PORT@
          startupProbe:
            httpGet: {path: /health/live, port: http}
            periodSeconds: 2
            failureThreshold: 60
          livenessProbe:
            httpGet: {path: /health/live, port: http}
            periodSeconds: 10
            timeoutSeconds: 3
            failureThreshold: 3
          readinessProbe:
            httpGet: {path: /health/ready, port: http}
            periodSeconds: 3
            timeoutSeconds: 2
            failureThreshold: 2
          lifecycle:
            preStop:
              exec:
                command: ["sleep", "@LEAVE@"]
          resources:
            # From `kingpost capacity`: @BASIS@.
            requests:
              cpu: @CPU@m
              memory: @MEMORY@Mi
            limits:
              cpu: "@THREADS@"
              memory: @MOST_MEMORY@Mi
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          volumeMounts:
            - name: tmp
              mountPath: /tmp
@MOUNTS@      volumes:
        - name: tmp
          emptyDir:
            sizeLimit: 64Mi
)";

constexpr std::string_view kDeployment = R"(apiVersion: apps/v1
kind: Deployment
metadata:
  name: @NAME@
  labels:
    app.kubernetes.io/name: @NAME@
spec:
  # The autoscaler sets the number of replicas.
  revisionHistoryLimit: 5
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: @NAME@
      app.kubernetes.io/component: server
  template:
    metadata:
      labels:
        app.kubernetes.io/name: @NAME@
        app.kubernetes.io/component: server
    spec:
@POD@)";

constexpr std::string_view kSpread = R"(      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              app.kubernetes.io/name: @NAME@
              app.kubernetes.io/component: server
)";

constexpr std::string_view kStatefulSet =
    R"(# SQLite: one pod owns one file, so it stops while it is replaced. More than one needs PostgreSQL (../postgres).
# No disruption budget: with one pod it would only forbid draining its node.
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: @NAME@
  labels:
    app.kubernetes.io/name: @NAME@
spec:
  serviceName: @NAME@
  replicas: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: @NAME@
      app.kubernetes.io/component: server
  template:
    metadata:
      labels:
        app.kubernetes.io/name: @NAME@
        app.kubernetes.io/component: server
    spec:
@POD@  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: @DISK@Gi
)";

constexpr std::string_view kDatabase =
    R"(# One PostgreSQL 15 without a standby. A managed database or an operator gives you backups and take-over: leave ../database out of
# ../postgres/kustomization.yaml then and set DATABASE_URL.
apiVersion: v1
kind: Service
metadata:
  name: @NAME@-postgres
spec:
  clusterIP: None
  selector:
    app.kubernetes.io/name: @NAME@
    app.kubernetes.io/component: database
  ports:
    - name: postgres
      port: 5432
      targetPort: postgres
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: @NAME@-postgres
  labels:
    app.kubernetes.io/name: @NAME@
spec:
  serviceName: @NAME@-postgres
  replicas: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: @NAME@
      app.kubernetes.io/component: database
  template:
    metadata:
      labels:
        app.kubernetes.io/name: @NAME@
        app.kubernetes.io/component: database
    spec:
      serviceAccountName: @NAME@
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: 60
      securityContext:
        runAsNonRoot: true
        runAsUser: 999
        runAsGroup: 999
        fsGroup: 999
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: postgres
          image: postgres:15
          # @MOST@ servers and one more while they are replaced, @POOL@ connections each, ten for people and the migration.
          args: ["-c", "max_connections=@CONNECTIONS@", "-c", "password_encryption=scram-sha-256"]
          env:
            - {name: POSTGRES_USER, value: @DATABASE@}
            - {name: POSTGRES_DB, value: @DATABASE@}
            - {name: PGDATA, value: /var/lib/postgresql/data/pgdata}
            - {name: POSTGRES_INITDB_ARGS, value: "--auth-host=scram-sha-256 --data-checksums"}
            - name: POSTGRES_PASSWORD
              valueFrom:
                secretKeyRef: {name: @NAME@-secrets, key: PGPASSWORD}
          ports:
            - name: postgres
              containerPort: 5432
          readinessProbe:
            exec:
              command: ["pg_isready", "--username=@DATABASE@", "--dbname=@DATABASE@"]
            periodSeconds: 5
            timeoutSeconds: 3
          livenessProbe:
            exec:
              command: ["pg_isready", "--username=@DATABASE@", "--dbname=@DATABASE@"]
            initialDelaySeconds: 60
            periodSeconds: 20
            timeoutSeconds: 5
            failureThreshold: 6
          resources:
            requests:
              cpu: @DATABASE_CPU@m
              memory: @DATABASE_MEMORY@Mi
            limits:
              memory: @DATABASE_MEMORY@Mi
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          volumeMounts:
            - {name: data, mountPath: /var/lib/postgresql/data}
            - {name: run, mountPath: /var/run/postgresql}
            - {name: tmp, mountPath: /tmp}
      volumes:
        - name: run
          emptyDir: {}
        - name: tmp
          emptyDir: {}
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: @DISK@Gi
)";

constexpr std::string_view kOnlyDatabase = R"(apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: @NAME@
resources:
  - stateful-set.yaml
)";

constexpr std::string_view kOverSqlite = R"(# One pod over a file: kubectl apply -k k8s/sqlite
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: @NAME@
resources:
  - ../base
  - stateful-set.yaml
# Where your registry has the image.
images:
  - name: @NAME@
    newName: @NAME@
    newTag: @TAG@
)";

std::string from_secret(const Facts& facts, std::string_view name) {
  return fmt::format("            - name: {0}\n              valueFrom:\n                secretKeyRef: {{name: {1}-secrets, key: {0}}}\n", name,
                     facts.name);
}

std::string from_settings(const Facts& facts, std::string_view name) {
  return fmt::format("            - name: {0}\n              valueFrom:\n                configMapKeyRef: {{name: {1}-settings, key: {0}}}\n", name,
                     facts.name);
}

struct PodKind {
  bool postgres = false;
};

std::string print_pod(const Facts& facts, PodKind kind) {
  std::string environment;
  if (kind.postgres) environment += from_secret(facts, "PGPASSWORD") + from_settings(facts, "DATABASE_URL") + from_settings(facts, "PGSSLMODE");
  for (const ClientVariable& one : facts.variables) environment += one.secret ? from_secret(facts, one.name) : from_settings(facts, one.name);
  const std::string model = dollars_doubled("/srv/model/" + facts.root);
  const std::string database = kind.postgres ? "$(DATABASE_URL)" : "sqlite:/data/" + facts.name + ".db";
  const auto number = [](std::int64_t value) { return std::to_string(value); };
  return fill(kPod, {{"NAME", facts.name},
                     {"LEAVE", number(kLeaveSeconds)},
                     {"DRAIN", number(facts.drain_seconds)},
                     {"GRACE", number(kLeaveSeconds + facts.stop_seconds)},
                     {"UID", number(kUser)},
                     {"SPREAD", kind.postgres ? fill(kSpread, {{"NAME", facts.name}}) : std::string()},
                     {"IMAGE", facts.name + ":" + facts.tag},
                     {"SERVE", flow_list(serve_arguments(facts, model, database, "0.0.0.0"))},
                     {"ENVIRONMENT", environment},
                     {"PORT", number(kPort)},
                     {"BASIS", facts.load_basis},
                     {"CPU", number(facts.cpu_millis)},
                     {"MEMORY", number(facts.memory_mib)},
                     {"THREADS", number(facts.threads)},
                     {"MOST_MEMORY", number(facts.most_memory_mib)},
                     {"MOUNTS", kind.postgres ? "" : "            - name: data\n              mountPath: /data\n"}});
}

std::string print_config(const Facts& facts) {
  std::string variables;
  std::string secrets = "--from-literal=KINGPOST_SECRET=\"$(openssl rand -base64 32)\" --from-literal=PGPASSWORD=\"$(openssl rand -hex 24)\"";
  for (const ClientVariable& one : facts.variables) {
    if (one.secret) {
      secrets += fmt::format(" --from-literal={}=…", one.name);
    } else {
      variables += fmt::format("  {}: \"\"  # address of the other system {}; this version does not call it yet\n", one.name, one.client);
    }
  }
  return fill(kConfig, {{"NAME", facts.name}, {"DATABASE", facts.database}, {"SECRETS", secrets}, {"VARIABLES", variables}});
}

}  // namespace

void add_kubernetes(const Facts& facts, std::vector<File>& out) {
  const auto add = [&](std::string path, std::string bytes) { out.push_back({"k8s/" + std::move(path), kYaml, std::move(bytes), "Kubernetes"}); };
  const auto number = [](std::int64_t value) { return std::to_string(value); };
  const std::string disk = number(facts.disk_gib);
  add("base/kustomization.yaml", fill(kBase, {{"NAME", facts.name}}));
  add("base/namespace.yaml", fill(kNamespace, {{"NAME", facts.name}}));
  add("base/service-account.yaml", fill(kAccount, {{"NAME", facts.name}}));
  add("base/config-map.yaml", print_config(facts));
  add("base/service.yaml", fill(kService, {{"NAME", facts.name}}));
  add("base/ingress.yaml", fill(kIngress, {{"NAME", facts.name},
                                           {"BODY", number(facts.limits.body_bytes)},
                                           {"WAIT", number(facts.request_seconds + 5)},
                                           {"SEND", number(facts.body_seconds)}}));
  add("postgres/deployment.yaml", fill(kDeployment, {{"NAME", facts.name}, {"POD", print_pod(facts, {.postgres = true})}}));
  add("sqlite/kustomization.yaml", fill(kOverSqlite, {{"NAME", facts.name}, {"TAG", facts.tag}}));
  add("sqlite/stateful-set.yaml", fill(kStatefulSet, {{"NAME", facts.name}, {"POD", print_pod(facts, {})}, {"DISK", disk}}));
  add("database/kustomization.yaml", fill(kOnlyDatabase, {{"NAME", facts.name}}));
  add("database/stateful-set.yaml", fill(kDatabase, {{"NAME", facts.name},
                                                     {"DATABASE", facts.database},
                                                     {"MOST", number(facts.most_replicas)},
                                                     {"POOL", number(facts.pool)},
                                                     {"CONNECTIONS", number(facts.database_connections)},
                                                     {"DATABASE_CPU", number(facts.database_cpu_millis)},
                                                     {"DATABASE_MEMORY", number(facts.database_memory_mib)},
                                                     {"DISK", disk}}));
}

}  // namespace kingpost::deploy
