#!/bin/bash
# Installs the gateway on Amazon Linux 2023 at the first boot. The user data of gateway.yaml fetches this file, verifies it and runs it with:
#   ARTEFACT           s3:// URL of the gateway's zip, whose name is the hash of its content
#   AWS_REGION         region of the bucket and the logs
#   LOG_GROUP          log group of the gateway
#   METRIC_LOG_GROUP   log group of the metrics that the alarms and the dashboard use
#   METRICS_NAMESPACE  namespace of these metrics
# The settings of the gateway are in /etc/hashgate/gateway.env.
set -euo pipefail
umask 022
: "${ARTEFACT:?}" "${AWS_REGION:?}" "${LOG_GROUP:?}" "${METRIC_LOG_GROUP:?}" "${METRICS_NAMESPACE:?}"

dnf install -y --setopt=install_weak_deps=False nodejs24 unzip logrotate amazon-cloudwatch-agent

useradd --system --no-create-home --shell /usr/sbin/nologin hashgate
install -d -m 755 /etc/hashgate /opt/hashgate/gateway
install -d -m 750 /var/log/hashgate

# The gateway. The name of the zip is the hash of its content, which this script verifies.
aws s3 cp --region "$AWS_REGION" --only-show-errors "$ARTEFACT" /opt/hashgate/gateway.zip
echo "$(basename "$ARTEFACT" .zip)  /opt/hashgate/gateway.zip" | sha256sum --check --quiet
unzip -q -o /opt/hashgate/gateway.zip -d /opt/hashgate/gateway
rm /opt/hashgate/gateway.zip

cat >/etc/systemd/system/hashgate-gateway.service <<'UNIT'
[Unit]
Description=hashgate gateway
Wants=network-online.target
After=network-online.target
# Restart the service after every failure.
StartLimitIntervalSec=0

[Service]
User=hashgate
EnvironmentFile=/etc/hashgate/gateway.env
WorkingDirectory=/opt/hashgate/gateway
ExecStart=/usr/bin/node-24 server.mjs
StandardOutput=append:/var/log/hashgate/gateway.log
StandardError=inherit
Restart=always
RestartSec=2
# Longer than the gateway waits for requests in progress
TimeoutStopSec=40
LimitNOFILE=65536

CapabilityBoundingSet=
AmbientCapabilities=
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RemoveIPC=yes
LockPersonality=yes
# AF_NETLINK: Fastify lists the network interfaces when it listens on all addresses.
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SocketBindDeny=any
SocketBindAllow=tcp:3000
SocketBindAllow=tcp:9464
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
UMask=0077

[Install]
WantedBy=multi-user.target
UNIT

cat >/etc/logrotate.d/hashgate <<'ROTATE'
/var/log/hashgate/gateway.log {
  size 64M
  rotate 3
  missingok
  copytruncate
}
ROTATE
# Daily rotation is too rare: a busy gateway writes about ten megabytes a minute.
install -d /etc/systemd/system/logrotate.timer.d
cat >/etc/systemd/system/logrotate.timer.d/often.conf <<'TIMER'
[Timer]
OnCalendar=
OnCalendar=*:0/5
RandomizedDelaySec=0
AccuracySec=1s
TIMER

# Send the logs to CloudWatch, and those of the gateway's metrics that the alarms and the dashboard use.
cat >/etc/hashgate/prometheus.yaml <<'PROMETHEUS'
global:
  scrape_interval: 1m
  scrape_timeout: 10s
scrape_configs:
  - job_name: hashgate-gateway
    static_configs:
      - targets: ['127.0.0.1:9464']
PROMETHEUS
cat >/etc/hashgate/agent.json <<AGENT
{
  "agent": { "region": "$AWS_REGION", "run_as_user": "root" },
  "logs": {
    "logs_collected": {
      "files": {
        "collect_list": [
          {
            "file_path": "/var/log/hashgate/gateway.log",
            "log_group_name": "$LOG_GROUP",
            "log_stream_name": "{instance_id}"
          }
        ]
      }
    },
    "metrics_collected": {
      "prometheus": {
        "log_group_name": "$METRIC_LOG_GROUP",
        "prometheus_config_path": "/etc/hashgate/prometheus.yaml",
        "emf_processor": {
          "metric_namespace": "$METRICS_NAMESPACE",
          "metric_declaration": [
            {
              "source_labels": ["job"],
              "label_matcher": "^hashgate-gateway$",
              "dimensions": [["job"]],
              "metric_selectors": [
                "^hashgate_images_owing_events$",
                "^hashgate_oldest_owed_event_age_seconds$",
                "^hashgate_bytes_saved_total$"
              ]
            },
            {
              "source_labels": ["job"],
              "label_matcher": "^hashgate-gateway$",
              "dimensions": [["job", "outcome"]],
              "metric_selectors": ["^hashgate_uploads_total$"]
            }
          ]
        }
      }
    }
  }
}
AGENT

systemctl daemon-reload
systemctl restart logrotate.timer
systemctl enable --now hashgate-gateway.service
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/etc/hashgate/agent.json

# The deployment continues only when this instance is ready.
for _ in $(seq 60); do
  if curl --fail --silent --max-time 5 --output /dev/null http://127.0.0.1:3000/readyz; then
    echo 'hashgate gateway is ready'
    exit 0
  fi
  sleep 2
done
tail -n 20 /var/log/hashgate/gateway.log >&2
echo 'the gateway did not become ready' >&2
exit 1
