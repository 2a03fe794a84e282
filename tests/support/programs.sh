#!/bin/sh
# Installs what `make look` needs besides Python, where it is missing: a browser, office programs, a
# reader of PDF files, a checker of e-books, and the fonts that the pictures in docs/ are drawn with.
# From Debian's packages, so it needs root.
set -eu

wanted=
# Arguments: a file; the packages that bring it.
need() {
    file=$1
    shift
    [ -e "$file" ] || wanted="$wanted $*"
}
need /usr/bin/chromium chromium
need /usr/bin/chromedriver chromium-driver
need /usr/lib/libreoffice/program/libswlo.so libreoffice-writer-nogui
need /usr/lib/libreoffice/program/libsdlo.so libreoffice-impress-nogui
need /usr/bin/pdftoppm poppler-utils
need /usr/bin/epubcheck epubcheck
need /usr/share/fonts/truetype/noto/NotoSans-Regular.ttf fonts-noto-core
need /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc fonts-noto-cjk
need /usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf fonts-dejavu-core
need /usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf fonts-liberation
need /usr/share/fonts/truetype/crosextra/Carlito-Regular.ttf fonts-crosextra-carlito
command -v npm > /dev/null || wanted="$wanted npm"
[ -n "$wanted" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
    echo "For \`make look\` these packages of Debian are missing:$wanted" >&2
    echo "Install them, or run \`make programs\` as root." >&2
    exit 1
fi
echo "installing$wanted"
export DEBIAN_FRONTEND=noninteractive
apt-get -qq -o Acquire::Retries=3 update
# shellcheck disable=SC2086 - a list of names
apt-get -qq -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 install --no-install-recommends \
    $wanted > /dev/null
