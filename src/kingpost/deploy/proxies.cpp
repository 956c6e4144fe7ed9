#include <algorithm>

#include "kingpost/deploy/escape.hpp"
#include "kingpost/deploy/parts.hpp"

namespace kingpost::deploy {

namespace {

constexpr std::string_view kNginx =
    R"(# For /etc/nginx/conf.d/. Ends TLS before the server; its limits are the server's own (kingpost serve --limit), so that neither side waits or
# accepts what the other would not. The certificate's paths and server_name are yours to set.
upstream @NAME@ {
    server 127.0.0.1:@PORT@ max_fails=0;
    keepalive 32;
    keepalive_timeout @KEEP@s;  # below idle-timeout-ms, so that the server never closes what is about to be used
}

server {
    listen 80;
    server_name @NAME@.example.org;
    return 301 https://$host$request_uri;
}

server {
    listen 443 ssl http2;
    server_name @NAME@.example.org;
    ssl_certificate /etc/nginx/tls/@NAME@.crt;
    ssl_certificate_key /etc/nginx/tls/@NAME@.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:@NAME@:4m;
    ssl_session_tickets off;
    add_header Strict-Transport-Security "max-age=31536000" always;
    server_tokens off;

    client_max_body_size @BODY@;  # body-bytes
    client_body_buffer_size 128k;
    client_body_timeout @BODY_TIME@s;  # body-timeout-ms
    client_header_timeout @HEAD_TIME@s;  # head-timeout-ms
    large_client_header_buffers @BUFFERS@ @TARGET@;  # target-bytes each, head-bytes together
    keepalive_timeout @IDLE@s;  # idle-timeout-ms
    send_timeout @SEND@s;  # write-timeout-ms

    location / {
        proxy_pass http://@NAME@;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
        proxy_connect_timeout 2s;
        proxy_send_timeout @BODY_TIME@s;
        proxy_read_timeout @WAIT@s;  # request-timeout-ms and a margin
        proxy_max_temp_file_size 0;
    }

    # For whoever asks from inside; /health says nothing to the world.
    location /health/ {
        return 404;
    }
}
)";

constexpr std::string_view kHaproxy =
    R"(# HAProxy 2.6 or later. Its limits are the server's own (kingpost serve --limit); the certificate and the servers' addresses are yours to set.
global
    log stdout format raw daemon
    # As many as the server takes; HAProxy needs more than twice as many open files (LimitNOFILE).
    maxconn @CONNECTIONS@
    # Heads of head-bytes fit, beside what HAProxy keeps for itself.
    tune.bufsize @BUFFER@
    tune.http.maxhdr @FIELDS@

defaults
    mode http
    log global
    option httplog
    option redispatch
    retries 2
    timeout connect 2s
    timeout http-request @HEAD_TIME@s
    timeout client @BODY_TIME@s
    timeout server @WAIT@s
    timeout http-keep-alive @IDLE@s
    timeout queue @WAIT@s

frontend @NAME@
    bind :443 ssl crt /etc/haproxy/tls/@NAME@.pem alpn h2,http/1.1
    http-response set-header Strict-Transport-Security "max-age=31536000"
    # target-bytes, body-bytes; a body of unknown length is counted by the server.
    http-request return status 414 content-type text/plain string "The target is too long." if { url,length gt @TARGET@ }
    http-request deny deny_status 413 if { req.hdr_val(content-length) gt @BODY@ }
    http-request deny deny_status 404 if { path_beg /health/ }
    default_backend @NAME@

backend @NAME@
    balance leastconn
    http-reuse safe
    # A server that stops answers 503 here or nothing, and gets no new requests.
    option httpchk
    http-check send meth GET uri /health/ready ver HTTP/1.1 hdr Host localhost
    http-check expect status 200
    default-server inter 2s fall 2 rise 1 maxconn @SERVER_CONNECTIONS@
    server one 127.0.0.1:@PORT@ check
)";

constexpr std::string_view kGateway =
    R"(# Kong 3, without a database. Its limits are the server's own (kingpost serve --limit).
# Tokens are verified by the server, which signs them too.
_format_version: "3.0"
upstreams:
  - name: @NAME@
    algorithm: least-connections
    healthchecks:
      active:
        type: http
        http_path: /health/ready
        timeout: 2
        healthy: {interval: 2, successes: 1, http_statuses: [200]}
        unhealthy: {interval: 2, http_failures: 2, tcp_failures: 2, timeouts: 2, http_statuses: [503]}
    targets:
      - target: "127.0.0.1:@PORT@"
        weight: 100
services:
  - name: @NAME@
    host: @NAME@
    protocol: http
    port: @PORT@
    connect_timeout: 2000
    write_timeout: @BODY_MS@
    read_timeout: @WAIT_MS@
    # A request that reached the server is never sent twice.
    retries: 0
    routes:
      - name: @NAME@-rest
        protocols: [https]
        paths: [/rest/v1/]
        strip_path: false
        preserve_host: true
        request_buffering: true
        response_buffering: true
    plugins:
      - name: request-size-limiting
        config:
          allowed_payload_size: @BODY@
          size_unit: bytes
          require_content_length: false
)";

std::string text(std::int64_t value) { return std::to_string(value); }

}  // namespace

void add_nginx(const Facts& facts, std::vector<File>& out) {
  const Limits& limits = facts.limits;
  const std::int64_t buffers = std::max<std::int64_t>(1, limits.head_bytes / std::max<std::int64_t>(1, limits.target_bytes));
  out.push_back({"nginx/" + facts.name + ".conf", kText,
                 fill(kNginx, {{"NAME", facts.name},
                               {"PORT", text(kPort)},
                               {"KEEP", text(std::max<std::int64_t>(1, facts.idle_seconds - 15))},
                               {"BODY", text(limits.body_bytes)},
                               {"BODY_TIME", text(facts.body_seconds)},
                               {"HEAD_TIME", text((limits.head_timeout_ms + 999) / 1000)},
                               {"BUFFERS", text(buffers)},
                               {"TARGET", text(limits.target_bytes)},
                               {"IDLE", text(facts.idle_seconds)},
                               {"SEND", text((limits.write_timeout_ms + 999) / 1000)},
                               {"WAIT", text(facts.request_seconds + 5)}}),
                 "nginx"});
}

void add_haproxy(const Facts& facts, std::vector<File>& out) {
  const Limits& limits = facts.limits;
  out.push_back({"haproxy/" + facts.name + ".cfg", kText,
                 fill(kHaproxy, {{"NAME", facts.name},
                                 {"PORT", text(kPort)},
                                 {"CONNECTIONS", text(limits.connections)},
                                 {"SERVER_CONNECTIONS", text(limits.connections)},
                                 {"BUFFER", text(limits.head_bytes + 2048)},
                                 {"FIELDS", text(std::max<std::int64_t>(64, limits.head_fields + 1))},
                                 {"HEAD_TIME", text((limits.head_timeout_ms + 999) / 1000)},
                                 {"BODY_TIME", text(facts.body_seconds)},
                                 {"WAIT", text(facts.request_seconds + 5)},
                                 {"IDLE", text(std::max<std::int64_t>(1, facts.idle_seconds - 15))},
                                 {"TARGET", text(limits.target_bytes)},
                                 {"BODY", text(limits.body_bytes)}}),
                 "HAProxy"});
}

void add_gateway(const Facts& facts, std::vector<File>& out) {
  out.push_back({"gateway/kong.yaml", kYaml,
                 fill(kGateway, {{"NAME", facts.name},
                                 {"PORT", text(kPort)},
                                 {"BODY_MS", text(facts.limits.body_timeout_ms)},
                                 {"WAIT_MS", text(facts.limits.request_timeout_ms + 5000)},
                                 {"BODY", text(facts.limits.body_bytes)}}),
                 "API gateway"});
}

}  // namespace kingpost::deploy
