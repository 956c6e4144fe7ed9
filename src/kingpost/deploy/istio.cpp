#include "kingpost/deploy/escape.hpp"
#include "kingpost/deploy/parts.hpp"

namespace kingpost::deploy {

namespace {

constexpr std::string_view kMesh =
    R"(# Beside k8s/postgres, in a namespace with sidecars. The model's services run in one process in this version, so there is one
# workload: it takes calls from the ingress gateway alone, and the database takes them from it alone (k8s/base/network-policy.yaml).
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: default
  namespace: @NAME@
spec:
  mtls:
    mode: STRICT
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: @NAME@
  namespace: @NAME@
spec:
  selector:
    matchLabels:
      app.kubernetes.io/name: @NAME@
      app.kubernetes.io/component: server
  action: ALLOW
  rules:
    - from:
        - source:
            principals: [cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account]
      to:
        - operation:
            ports: ["@PORT@"]
            methods: [GET, HEAD, OPTIONS, POST, PATCH, PUT, DELETE]
            paths: [/rest/v1/*]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: @NAME@
  namespace: @NAME@
spec:
  selector:
    istio: ingressgateway
  servers:
    - port: {number: 443, name: https, protocol: HTTPS}
      hosts: [@NAME@.example.org]
      tls:
        mode: SIMPLE
        credentialName: @NAME@-tls
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: @NAME@
  namespace: @NAME@
spec:
  hosts: [@NAME@.example.org]
  gateways: [@NAME@]
  http:
    - match:
        - uri: {prefix: /rest/v1/}
      # request-timeout-ms and a margin; only what never reached a server is sent again.
      timeout: @WAIT@s
      retries:
        attempts: 2
        retryOn: connect-failure,refused-stream
      route:
        - destination:
            host: @NAME@
            port: {number: 80}
)";

}  // namespace

void add_istio(const Facts& facts, std::vector<File>& out) {
  if (!facts.services) return;
  out.push_back({"istio/" + facts.name + ".yaml", kYaml,
                 fill(kMesh, {{"NAME", facts.name}, {"PORT", std::to_string(kPort)}, {"WAIT", std::to_string(facts.request_seconds + 5)}}), "Istio"});
}

}  // namespace kingpost::deploy
