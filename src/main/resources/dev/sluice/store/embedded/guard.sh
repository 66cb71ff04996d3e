# Runs a server and ends it when the program that asked for it ends, however that ends: the asker holds the
# other end of our standard input, and the kernel closes that even after a kill -9.
# Use: sh -c "$(cat guard.sh)" guard SIGNAL GRACE_SECONDS COMMAND...

# A terminal's Ctrl-C and a service manager's TERM are meant for the asker, who stops us once it has drained.
trap '' INT TERM HUP
umask 077 # what it writes is data, or tells of it
signal=$1
grace=$2
shift 2
exec 3<&0 </dev/null

(trap - TERM HUP && exec 3<&- && exec "$@") &
server=$!

(
  while read -r _ <&3; do :; done
  for next in "$signal" QUIT KILL; do
    kill -s "$next" "$server" || exit
    kill -s CONT "$server" # a stopped process hears no signal but KILL
    tenths=0
    while [ "$tenths" -lt $((grace * 10)) ] && kill -0 "$server"; do
      sleep 0.1
      tenths=$((tenths + 1))
    done
  done
) >/dev/null 2>&1 &
watch=$!

exec 3<&-
wait "$server"
code=$?
kill -s KILL "$watch"
exit "$code"
