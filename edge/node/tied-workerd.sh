#!/bin/sh
# Runs workerd so that it ends when the process that started it ends, by SIGKILL too. Linux does this (PR_SET_PDEATHSIG, by
# setpriv of util-linux); elsewhere workerd runs as it is.
if command -v setpriv >/dev/null 2>&1; then
  exec setpriv --pdeathsig KILL "$LATENT_EDGE_WORKERD" "$@"
fi
exec "$LATENT_EDGE_WORKERD" "$@"
