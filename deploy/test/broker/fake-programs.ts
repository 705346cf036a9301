/**
 * Stubs for programs that this machine lacks or that would change it: the AWS CLI (a folder is Secrets Manager, a key pair is KMS), the
 * metadata service, packages, disks, users and systemd. openssl, jq, tar and Kafka are the real programs.
 */
export function fakePrograms({ jars }: { jars: string }): Record<string, string> {
  const quiet = '#!/bin/sh\nexit 0\n'
  return {
    curl: `#!/bin/sh
case "$*" in
  *api/token*) echo token ;;
  *tags/instance/BrokerId*) echo "$BROKER_ID" ;;
  *) exit 22 ;;
esac
`,
    aws: `#!/bin/bash
set -euo pipefail
declare -A option
for ((i = 3; i < $#; i++)); do option["\${!i}"]=$(eval "echo \\\${$((i + 1))}"); done
secret="$SECRETS/$(echo "\${option[--secret-id]:-none}" | tr -c 'a-z0-9\\n' _)"
case "$1 $2" in
  's3 cp') cp "$DISTRIBUTION/kafka.tgz" "\${@: -1}" ;;
  'secretsmanager get-secret-value')
    if rm "$SECRETS/throttled" 2>/dev/null; then
      echo 'An error occurred (ThrottlingException) when calling the GetSecretValue operation: Rate exceeded' >&2
      exit 254
    elif [ -e "$secret" ]; then cat "$secret"
    else
      echo 'An error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: no value' >&2
      exit 254
    fi ;;
  'secretsmanager put-secret-value') cp "\${option[--secret-string]#file://}" "$secret.new" && mv "$secret.new" "$secret" ;;
  'kms get-public-key') openssl pkey -in "$KMS/key" -pubout -outform DER | base64 -w0 ;;
  'kms sign') openssl pkeyutl -sign -inkey "$KMS/key" -in "\${option[--message]#fileb://}" -pkeyopt digest:sha256 | base64 -w0 ;;
  *) exit 252 ;;
esac
`,
    systemctl: `#!/bin/bash
set -euo pipefail
[ "$1" = enable ] || exit 0
command=$(sed -n 's/^ExecStart=//p' "$MACHINE/etc/systemd/system/kafka.service")
export LOG_DIR="$MACHINE/log"
$command >"$MACHINE/kafka.log" 2>&1 </dev/null &
echo $! >"$MACHINE/pid"
`,
    'cfn-signal': '#!/bin/sh\necho "$*" >"$MACHINE/signal"\n',
    'amazon-cloudwatch-agent-ctl': `#!/bin/sh\ncp "\${7#file:}" "$MACHINE/agent"\n`,
    blkid: quiet.replace('0', '2'),
    dnf: quiet,
    id: quiet,
    chown: quiet,
    mountpoint: quiet,
    'mkfs.xfs': quiet,
    'kafka-storage.sh': `#!/bin/sh\nexec java -Xmx128m -XX:TieredStopAtLevel=1 -cp '${jars}/*' kafka.tools.StorageTool "$@"\n`,
    'kafka-server-start.sh': `#!/bin/sh\nexec java -Xms256m -Xmx256m -XX:+UseSerialGC -cp '${jars}/*' kafka.Kafka "$@"\n`,
  }
}
