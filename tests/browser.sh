#!/bin/sh
# Makes sure that Chromium and its driver are installed, through the system's package manager where we may.
set -eu
found() { { command -v chromium || command -v google-chrome; } >/dev/null 2>&1 && command -v chromedriver >/dev/null 2>&1; }
found && exit 0
as_root=no
if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
fi
if command -v apt-get >/dev/null 2>&1 && [ "$as_root" != no ]; then
    echo "installing chromium and its driver"
    { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends chromium chromium-driver; } </dev/null
    found && exit 0
fi
echo "The browser tests need Chromium and its driver. Run this, then make again:" >&2
if command -v apt-get >/dev/null 2>&1; then
    echo "    sudo apt-get update && sudo apt-get install --yes chromium chromium-driver" >&2
elif command -v dnf >/dev/null 2>&1; then
    echo "    sudo dnf install --assumeyes chromium chromedriver" >&2
elif command -v brew >/dev/null 2>&1; then
    echo "    brew install --cask chromium chromedriver" >&2
else
    echo "    install the packages chromium and chromedriver of your system" >&2
fi
exit 1
