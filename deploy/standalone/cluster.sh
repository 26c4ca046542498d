#!/usr/bin/env bash
# Runs a real Flink cluster, a process for each JobManager and TaskManager, from the jars that Maven fetched.
#   cluster.sh jobmanager                      starts the JobManager
#   cluster.sh taskmanager NAME                starts a TaskManager with one slot
#   cluster.sh stop NAME | stop-all            ends one process, or all
#   cluster.sh flink ARGS…                     the flink command: run, list, stop, savepoint, cancel …
# Environment: MILLRACE_HOME  folder of logs, pids, checkpoints and savepoints (default: .millrace/standalone)
#              MILLRACE_REST_PORT, MILLRACE_RPC_PORT, MILLRACE_BLOB_PORT  (default: 18081, 16123, 16124)
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
home="${MILLRACE_HOME:-$PWD/.millrace/standalone}"
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
lib="$here/target/lib"
[ -d "$lib" ] || { echo "cluster.sh: $lib is missing; run ./mvnw -DskipTests -pl deploy/standalone -am package" >&2; exit 2; }

mkdir -p "$home"/{conf,log,pid,checkpoints,savepoints,tmp}
home="$(cd "$home" && pwd)"
export FLINK_CONF_DIR="$home/conf"
cp "$here/conf/log4j2.properties" "$home/conf/"
{
  cat "$here/conf/config.yaml"
  cat <<YAML
jobmanager.rpc.port: ${MILLRACE_RPC_PORT:-16123}
blob.server.port: ${MILLRACE_BLOB_PORT:-16124}
rest.port: ${MILLRACE_REST_PORT:-18081}
rest.bind-port: "${MILLRACE_REST_PORT:-18081}"
io.tmp.dirs: $home/tmp
execution.checkpointing.dir: file://$home/checkpoints
execution.checkpointing.savepoint-dir: file://$home/savepoints
YAML
} > "$home/conf/config.yaml"

class_path="$(printf '%s:' "$lib"/*.jar)"
flags=(--add-opens=java.base/java.lang=ALL-UNNAMED --add-opens=java.base/java.util=ALL-UNNAMED
  --add-modules=jdk.incubator.vector -XX:MaxGCPauseMillis=20 "-Dlog4j.configurationFile=$home/conf/log4j2.properties")
[ "$(uname -s)" != Linux ] || flags+=(-XX:+UseTransparentHugePages)

# Flink computes the heap and the other memory limits of a process: a line of JVM flags, a line of -D properties.
resources() {
  "$java" -cp "$class_path" org.apache.flink.runtime.util.bash.BashJavaUtils "$1" --configDir "$FLINK_CONF_DIR" 2>/dev/null |
    sed -n 's/.*BASH_JAVA_UTILS_EXEC_RESULT://p'
}

start() { # NAME, MAIN CLASS, RESOURCE COMMAND
  local found jvm properties
  found="$(resources "$3")"
  read -r -a jvm <<< "$(sed -n 1p <<< "$found")"
  read -r -a properties <<< "$(sed -n 2p <<< "$found")"
  nohup "$java" "${jvm[@]}" "${flags[@]}" -cp "$class_path" "$2" --configDir "$FLINK_CONF_DIR" "${properties[@]}" \
    > "$home/log/$1.log" 2>&1 < /dev/null &
  echo $! > "$home/pid/$1"
  echo "$1 started, pid $!, log $home/log/$1.log"
}

stop() { # NAME
  local file="$home/pid/$1"
  [ -f "$file" ] || return 0
  local pid
  pid="$(cat "$file")"
  rm -f "$file"
  kill "$pid" 2>/dev/null || return 0
  for _ in $(seq 300); do # 30 s: it still removes its folders
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -9 "$pid" 2>/dev/null || true
}

case "${1:-}" in
  jobmanager) start jobmanager org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint GET_JM_RESOURCE_PARAMS ;;
  taskmanager) start "${2:?a name for the TaskManager}" org.apache.flink.runtime.taskexecutor.TaskManagerRunner GET_TM_RESOURCE_PARAMS ;;
  stop) stop "${2:?the name of a process}" ;;
  stop-all) for file in "$home"/pid/*; do [ -e "$file" ] && stop "$(basename "$file")"; done ;;
  flink) shift; exec "$java" "${flags[@]}" -cp "$class_path" org.apache.flink.client.cli.CliFrontend "$@" ;;
  *) sed -n '2,9p' "${BASH_SOURCE[0]}" | cut -c3-; exit 2 ;;
esac
