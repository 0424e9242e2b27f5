# Shared by the scripts beside it; to be sourced from the project's folder.

began=$SECONDS

# say prints one line of progress with the time since the start.
say() { printf '%5d s  %s\n' "$((SECONDS - began))" "$*"; }

die() {
	printf '%s\n' "$@" >&2
	exit 1
}

# go_version prints major.minor as one comparable number: 1.26 is 126; without Go 0.
go_version() {
	local text
	text=$(go version 2>/dev/null) || text=
	[[ $text =~ go([0-9]+)\.([0-9]+) ]] && echo $((BASH_REMATCH[1] * 100 + BASH_REMATCH[2])) || echo 0
}

# find_go puts Go on PATH where its usual folder is not there yet.
find_go() {
	if ! command -v go >/dev/null && [ -x /usr/local/go/bin/go ]; then
		PATH=/usr/local/go/bin:$PATH
		export PATH
	fi
}

# find_postgres succeeds if PostgreSQL's server programs are on the machine.
find_postgres() {
	compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ||
		compgen -G '/usr/pgsql-*/bin/initdb' >/dev/null ||
		compgen -G '/usr/libexec/postgresql*/initdb' >/dev/null ||
		[ -x /usr/local/pgsql/bin/initdb ] || command -v initdb >/dev/null
}

find_browser() {
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
		command -v google-chrome >/dev/null || command -v headless-shell >/dev/null
}

# find_node succeeds if Node.js is there with npm: calendar feeds are read by a
# parser that is not ours.
find_node() { command -v node >/dev/null && command -v npm >/dev/null; }

# find_office succeeds if LibreOffice is there with its sheets and its texts:
# files of ours are opened and filled by a program that is not ours.
find_office() {
	local office
	office=$(command -v soffice) && office=$(dirname "$(readlink -f "$office")") &&
		compgen -G "$office/libsclo.so" >/dev/null && compgen -G "$office/libswlo.so" >/dev/null
}

# find_poppler succeeds if Poppler's programs are there: PDF files of ours are
# read and drawn by a program that is not ours.
find_poppler() { command -v pdftotext >/dev/null && command -v pdftoppm >/dev/null && command -v pdffonts >/dev/null; }

# build NAME PACKAGE [FOLDER] builds one program into bin/.
build() {
	local name=$1 package=$2 folder=${3:-.} from=$SECONDS
	say "building bin/$name …"
	(cd "$folder" && go build -ldflags '-s -w' -o "$PWD_ROOT/bin/$name" "$package")
	say "built bin/$name in $((SECONDS - from)) s"
}

PWD_ROOT=$(pwd)
