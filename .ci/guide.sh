#!/bin/sh
# guide.sh FILE: does what a guide says, in an empty folder. Blocks marked sh are run in their order by
# one shell, blocks with file=NAME become that file. Fails with the first command that fails.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
guide=$(readlink -f -- "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

awk '
    /^```/ && inside { inside = 0; if (into != "") print "END_OF_FILE"; next }
    /^```sh$/ { inside = 1; into = ""; next }
    /^```.* file=/ {
        inside = 1
        into = $0
        sub(/.* file=/, "", into)
        print "cat >" into " <<\047END_OF_FILE\047"
        next
    }
    /^```/ { inside = 1; skip = 1; next }
    inside && !skip { print }
    !inside { skip = 0 }
' "$guide" >"$folder/.steps"
grep -q . "$folder/.steps" || {
    echo "$guide has no steps" >&2
    exit 1
}
cd "$folder"
PATH=$root:$PATH sh -eux "$folder/.steps"
